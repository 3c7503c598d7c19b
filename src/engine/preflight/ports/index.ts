import type { Cloud } from '../../../host/cloud.ts';
import type { Host } from '../../../host/host.ts';
import type { Finding } from '../../../report/model.ts';
import { familyOf } from '../../../lib/ip.ts';
import type { Cluster } from '../../cluster.ts';
import { found, nothing } from '../check.ts';
import { activeFirewalls } from '../occupancy.ts';
import { placeOf, portNeeds, type PortNeed } from './needs.ts';
import { tryPorts, type Tried } from './try.ts';

/** Whether hosts reach each other where nodes will have to; tried for real, before anything listens there. */
export async function portFindings(
  cluster: Pick<Cluster, 'spec' | 'cni' | 'hosts'>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const needs = portNeeds(cluster);
  if (needs.length === 0) return nothing;
  return findingsOf(await tryPorts(needs, signal));
}

function findingsOf({ reached, unable }: Tried): readonly Finding[] {
  const tried = [...reached.keys()];
  const cutOff = [...Map.groupBy(tried, placeOf).values()].filter(
    (its) => namesOf(its).length > 1 && its.every((need) => reached.get(need) === false),
  );
  const away = new Set(cutOff.flat());
  const blocked = tried.filter((need) => reached.get(need) === false && !away.has(need));
  return [
    ...cutOff.flatMap(unreachable),
    ...[...Map.groupBy(blocked, ({ from }) => from)].flatMap(([from, its]) => portsBlocked(from, its)),
    ...[...unable].flatMap(([host, why]) =>
      found(
        host,
        'ports-unchecked',
        `its ports could not be tried from other hosts, nor theirs from it: ${why}`,
        {
          severity: 'info',
        },
      ),
    ),
  ];
}

/** @param needs all at one address. */
function unreachable(needs: readonly PortNeed[]): readonly Finding[] {
  const [first] = needs;
  if (first === undefined) return nothing;
  const ports = namesOf(needs).join(', ');
  return found(first.to, 'host-unreachable', `no other host reaches it at ${first.address}: ${ports}`, {
    hint: `${opening(needs)}; or is hosts[].internalAddress to be another one?`,
  });
}

/** One finding for all peers that lack the same ports. */
function portsBlocked(from: Host, needs: readonly PortNeed[]): readonly Finding[] {
  const peers = [...Map.groupBy(needs, placeOf).values()];
  return [...Map.groupBy(peers, (its) => namesOf(its).join(', '))].flatMap(([ports, same]) => {
    const all = same.flat();
    return found(from, 'port-blocked', `cannot reach ${targetsOf(all)} at ${ports}`, {
      hint: opening(all),
    });
  });
}

/** What to open where, by what is known of the hosts. */
function opening(needs: readonly PortNeed[]): string {
  const targets = needs.map(({ to }) => to);
  const ports = [...new Set(needs.map(({ protocol, port }) => `${protocol.toUpperCase()} ${String(port)}`))];
  const firewalls = [...new Set(targets.flatMap(activeFirewalls))];
  const local = firewalls.length === 0 ? '' : ` (${firewalls.join(', ')})`;
  const clouds = targets.flatMap(({ facts }) => facts.cloud ?? []).map((cloud) => rules[cloud]);
  const outside = [...new Set(clouds)].join(', ') || 'security groups and firewalls on the way';
  return (
    `allow ${ports.join(', ')} from ${sourcesOf(needs)} ` +
    `to ${targetsOf(needs)}: in the firewall there${local}, and in ${outside}`
  );
}

/** What a cloud calls its own firewall. */
const rules: Readonly<Record<Cloud, string>> = {
  aws: 'the instances’ security groups',
  azure: 'the network security groups',
  gcp: 'the VPC network’s firewall rules',
};

function targetsOf(needs: readonly PortNeed[]): string {
  return [...new Set(needs.map(({ address }) => address))].join(', ');
}

/** Of the families that they ask in. */
function sourcesOf(needs: readonly PortNeed[]): string {
  const asked = new Set(needs.map(({ address }) => familyOf(address)));
  const sources = needs.flatMap(({ from }) => from.internalAddresses);
  const own = sources.filter((address) => asked.has(familyOf(address)));
  return [...new Set(own.length === 0 ? sources : own)].join(', ');
}

/** `TCP 2379 (etcd)`, each once. */
function namesOf(needs: readonly PortNeed[]): readonly string[] {
  return [
    ...new Set(
      needs.map(({ protocol, port, purpose }) => `${protocol.toUpperCase()} ${String(port)} (${purpose})`),
    ),
  ];
}
