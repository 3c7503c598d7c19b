import type { CniPort } from '../../../cni/cni.ts';
import type { Host } from '../../../host/host.ts';
import type { Cluster } from '../../cluster.ts';
import { isJoined } from '../check.ts';

/** One host has to reach a port of another. */
export interface PortNeed extends CniPort {
  readonly from: Host;
  readonly to: Host;
}

/** Everywhere that nodes must reach each other, as far as a host takes part that is no node yet. */
export function portNeeds(cluster: Pick<Cluster, 'spec' | 'cni' | 'hosts'>): readonly PortNeed[] {
  const { spec, cni, hosts } = cluster;
  const pairs = hosts.flatMap((from) => hosts.flatMap((to) => (from === to ? [] : [{ from, to }])));
  return pairs
    .filter(({ from, to }) => !isJoined(from) || !isJoined(to))
    .flatMap(({ from, to }) =>
      [
        // Not the endpoint: Pods reach API servers at their own addresses, through the Service `kubernetes`.
        ...(to.isControlPlane ? [tcp(spec.kubernetes.apiServerPort, 'API server')] : []),
        ...(from.isControlPlane && to.isControlPlane ? [tcp(2379, 'etcd'), tcp(2380, 'etcd')] : []),
        ...(from.isControlPlane ? [tcp(10250, 'kubelet')] : []),
        // A node's network answers nobody who asks it in another language than its own.
        ...(isJoined(to) ? [] : cni.ports(spec)),
      ].map((port) => ({ ...port, from, to })),
    );
}

function tcp(port: number, purpose: string): CniPort {
  return { protocol: 'tcp', port, purpose };
}
