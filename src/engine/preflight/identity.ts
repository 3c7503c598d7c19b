import type { Host } from '../../host/host.ts';
import { canonicalAddress, parseIp } from '../../spec/address.ts';
import { rangesOf } from '../../lib/ip.ts';
import { found, isJoined, nothing, type ClusterCheck, type HostCheck } from './check.ts';

/** Values that must be each host's own. */
const identities: readonly {
  id: string;
  what: string;
  of: (host: Host) => readonly string[];
  hint: string;
}[] = [
  {
    id: 'node-name',
    what: 'node name',
    of: (host) => [host.nodeName],
    hint: 'give the hosts names of their own (hosts[].name)',
  },
  {
    id: 'machine-id',
    what: '/etc/machine-id',
    of: (host) => [host.facts.machineId],
    hint: 'the machines are clones: rm /etc/machine-id && systemd-machine-id-setup on one of them',
  },
  {
    id: 'internal-address',
    what: 'internal address',
    of: (host) => host.internalAddresses,
    hint: 'set hosts[].internalAddress to the address that the other nodes reach it at',
  },
];

const unique: ClusterCheck = ({ hosts }) =>
  identities.flatMap(({ id, what, of, hint }) => {
    const pairs = hosts.flatMap((host) => of(host).map((value) => ({ host, value })));
    return [...Map.groupBy(pairs, ({ value }) => value)].flatMap(([value, same]) => {
      // A host whose address has to do for both families is found below.
      const [first, ...others] = new Set(same.map(({ host }) => host));
      if (first === undefined || others.length === 0) return nothing;
      const list = others.map((host) => host.address).join(', ');
      return found(first, id, `shares its ${what} (${value || 'empty'}) with ${list}`, { hint });
    });
  });

const architecture: ClusterCheck = ({ hosts }) => {
  const [first, ...others] = hosts;
  const other = others.find((host) => host.facts.arch !== first?.facts.arch);
  return first === undefined || other === undefined
    ? nothing
    : found(
        other,
        'mixed-architectures',
        `is ${other.facts.arch ?? 'unknown'}, while ${first.address} is ${first.facts.arch ?? 'unknown'}`,
        {
          hint: 'use hosts of one architecture',
        },
      );
};

const cgroups: ClusterCheck = ({ hosts }) => {
  const [first, ...others] = hosts;
  const other = others.find((host) => host.facts.cgroup !== first?.facts.cgroup);
  return first === undefined || other === undefined
    ? nothing
    : found(
        other,
        'mixed-cgroups',
        `has cgroup ${other.facts.cgroup}, while ${first.address} has ${first.facts.cgroup}`,
        {
          hint: 'boot all hosts with the same cgroup version',
        },
      );
};

/** A cluster without its first control plane is no cluster that hosts could be added to, nor one to make anew. */
const membership: ClusterCheck = ({ hosts }) => {
  const first = hosts.find((host) => host.isControlPlane);
  const joined = hosts.find((host) => isJoined(host));
  return first === undefined || joined === undefined || isJoined(first)
    ? nothing
    : found(
        joined,
        'membership',
        `belongs to a cluster of that name already, but ${first.address} does not`,
        {
          hint: 'list its first control plane first, or run `k8s-bootstrap down` on all hosts',
        },
      );
};

const names: HostCheck = (host) =>
  /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(host.nodeName)
    ? nothing
    : found(host, 'node-name', `its host name cannot be a node name: ${JSON.stringify(host.nodeName)}`, {
        hint: 'set hosts[].name, or a host name of lower-case letters, digits and `-`',
      });

/** The kubelet does not start with an address that is none of the host's. */
const ownAddress: HostCheck = (host) => {
  const { internalAddress } = host.spec;
  if (internalAddress === undefined) return nothing;
  const own = new Set(host.facts.addresses.map(({ address }) => canonicalAddress(address)));
  return rangesOf(internalAddress).blocks.flatMap((address) =>
    own.has(canonicalAddress(address))
      ? nothing
      : found(host, 'internal-address', `no interface has the address ${address}`, {
          hint: 'correct hosts[].internalAddress (see ip address), or leave it out',
        }),
  );
};

/** Nodes have addresses of pods' families. Where the host itself tells of no such one, the one that it is reached at has to do. */
const family: HostCheck = (host, { spec }) =>
  host.families.flatMap((wanted, index) =>
    parseIp(host.internalAddresses[index] ?? '')?.family === wanted
      ? nothing
      : found(
          host,
          'internal-address',
          `it has no IPv${String(wanted)} address of its own, and cni.podCIDR is ${spec.cni.podCIDR}`,
          {
            hint: `give the host one (see ip -${String(wanted)} address), or choose ranges of the other family alone`,
          },
        ),
  );

export const identityChecks: readonly HostCheck[] = [names, ownAddress, family];
export const clusterChecks: readonly ClusterCheck[] = [unique, architecture, cgroups, membership];
