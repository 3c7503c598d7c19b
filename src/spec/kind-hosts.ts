import type { HostRole, HostSpec } from './cluster-spec.ts';
import type { ParsedClusterFile } from './schema/cluster-file.ts';

type ParsedHost = ParsedClusterFile['hosts'][number];

/**
 * The nodes that kind shall make, under the names that it gives them. Hosts that were listed stand for a node each, with
 * its role, name, labels and taints, so that the file for machines makes the same cluster in Docker; counts win.
 */
export function kindHosts(
  { name, kind, hosts }: ParsedClusterFile,
  roles: readonly (HostRole | undefined)[],
): readonly HostSpec[] {
  const counted = kind.controlPlanes !== undefined || kind.workers !== undefined || hosts.length === 0;
  const listed = hosts.map((host, index) => ({ ...host, role: roles[index] ?? 'worker' }));
  const planes = listed.filter(({ role }) => role === 'control-plane').length;
  const [controlPlanes, workers] = hosts.length === 0 ? [1, 2] : [planes, listed.length - planes];
  const nodes: readonly (Partial<ParsedHost> & { readonly role: HostRole })[] = counted
    ? [
        ...repeat('control-plane', kind.controlPlanes ?? controlPlanes),
        ...repeat('worker', kind.workers ?? workers),
      ]
    : listed;
  const seen = { 'control-plane': 0, worker: 0 };
  return nodes.map(({ role, name: nodeName, labels = {}, taints = [], kubeletVersion }): HostSpec => {
    seen[role] += 1;
    const number = seen[role] === 1 ? '' : String(seen[role]);
    return {
      address: `${name}-${role}${number}`,
      role,
      ...(nodeName === undefined ? {} : { name: nodeName }),
      user: 'root',
      port: 22,
      labels,
      taints,
      // Refused by a check, and not just left out.
      ...(kubeletVersion === undefined ? {} : { kubeletVersion }),
    };
  });
}

function repeat(role: HostRole, count: number): readonly { readonly role: HostRole }[] {
  return Array.from({ length: count }, () => ({ role }));
}
