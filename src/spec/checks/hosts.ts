import { canonicalAddress } from '../address.ts';
import type { ClusterSpec } from '../cluster-spec.ts';
import type { Problem } from '../problem.ts';
import { rangesOf } from '../../lib/ip.ts';

/** With several control planes there is a container `<name>-external-load-balancer` as well. */
const MAX_KIND_NAME = { one: 45, several: 40 };

/** Enough hosts, a control plane among them, and none twice. */
export function checkHosts(
  { provider, name, hosts, verify }: ClusterSpec,
  minNodesGiven: boolean,
): readonly Problem[] {
  if (hosts.length === 0)
    return [
      { path: ['hosts'], what: 'there are none', fix: 'give at least one, the first is the control plane' },
    ];
  const problems: Problem[] = [];
  if (hosts.every(({ role }) => role === 'worker')) {
    problems.push({
      path: ['hosts'],
      what: 'no host is a control plane',
      fix: 'give one role: control-plane',
    });
  }
  if (verify.minNodes > hosts.length) problems.push(tooFew(verify.minNodes, hosts.length, minNodesGiven));
  // kind names containers and host names after the cluster, and a host name ends at 63 characters.
  const planes = hosts.filter(({ role }) => role === 'control-plane').length;
  const longest = MAX_KIND_NAME[planes > 1 ? 'several' : 'one'];
  if (provider === 'kind' && name.length > longest) {
    const fix = `at most ${String(longest)} characters with provider kind${planes > 1 ? ' and several control planes' : ''}`;
    problems.push({ path: ['name'], what: 'is too long', fix });
  }
  return [
    ...problems,
    ...duplicates(hosts, 'address', ({ address }) => canonicalAddress(address)),
    ...duplicates(hosts, 'name', ({ name }) => name ?? []),
    ...duplicates(hosts, 'internalAddress', ({ internalAddress = '' }) =>
      rangesOf(internalAddress).blocks.filter(Boolean).map(canonicalAddress),
    ),
  ];
}

function tooFew(minNodes: number, hosts: number, given: boolean): Problem {
  const path = ['verify', 'minNodes'];
  const have = hosts === 1 ? 'there is one host' : `there are ${String(hosts)} hosts`;
  if (given)
    return { path, what: `asks for ${String(minNodes)} nodes, and ${have}`, fix: `at most ${String(hosts)}` };
  return {
    path,
    what: `is ${String(minNodes)} by default, and ${have}`,
    fix: 'add hosts, or set it to 1 if one node is meant',
  };
}

type Host = ClusterSpec['hosts'][number];

function duplicates(
  hosts: readonly Host[],
  field: 'address' | 'name' | 'internalAddress',
  keysOf: (host: Host) => string | readonly string[],
): readonly Problem[] {
  const seen = new Map<string, number>();
  return hosts.flatMap((host, index) => {
    const keys = [keysOf(host)].flat();
    const first = keys.map((key) => seen.get(key)).find((other) => other !== undefined);
    for (const key of keys) if (!seen.has(key)) seen.set(key, index);
    if (first === undefined) return [];
    const what = `${host[field] ?? ''} is that of hosts[${String(first)}] too`;
    return [{ path: ['hosts', index, field], what, fix: 'remove one, or correct it' }];
  });
}
