import type { CniPort } from '../../../cni/cni.ts';
import type { Host } from '../../../host/host.ts';
import type { Cluster } from '../../cluster.ts';
import { isJoined } from '../check.ts';

/** One host has to reach a port of another. */
export interface PortNeed extends CniPort {
  readonly from: Host;
  readonly to: Host;
  /** Which of its addresses. */
  readonly address: string;
  /** A node listens there, so that nobody else can; a connection has to do. */
  readonly taken: boolean;
}

/** The same for all ports of one host's address. */
export function placeOf({ to, address }: PortNeed): string {
  return `${to.address} ${address}`;
}

/** Everywhere that nodes must reach each other, as far as a host is no node yet or gets another CNI. */
export function portNeeds(cluster: Pick<Cluster, 'spec' | 'cni' | 'hosts'>): readonly PortNeed[] {
  const { hosts } = cluster;
  const pairs = hosts.flatMap((from) => hosts.flatMap((to) => (from === to ? [] : [{ from, to }])));
  return pairs.flatMap(({ from, to }) => [
    ...kubernetesPorts(cluster, from, to).map((port): PortNeed => {
      return { ...port, from, to, address: to.internalAddress, taken: isJoined(to) };
    }),
    ...cniPorts(cluster, to).flatMap((port) =>
      addressesFor(port, to).map((address): PortNeed => ({ ...port, from, to, address, taken: false })),
    ),
  ]);
}

/** Networks of both families have a tunnel for each, as a rule. */
function addressesFor({ family }: CniPort, host: Host): readonly string[] {
  const { families, internalAddress, internalAddresses } = host;
  if (family === 'primary') return [internalAddress];
  if (families.length === 1 || family === undefined) return internalAddresses;
  return internalAddresses.filter((_, index) => families[index] === family);
}

function kubernetesPorts({ spec }: Pick<Cluster, 'spec'>, from: Host, to: Host): readonly CniPort[] {
  if (isJoined(from) && isJoined(to)) return [];
  return [
    // Not the endpoint: Pods reach API servers at their own addresses, through the Service `kubernetes`.
    ...(to.isControlPlane ? [tcp(spec.kubernetes.apiServerPort, 'API server')] : []),
    ...(from.isControlPlane && to.isControlPlane ? [tcp(2379, 'etcd'), tcp(2380, 'etcd')] : []),
    ...(from.isControlPlane ? [tcp(10250, 'kubelet')] : []),
  ];
}

/** A node's network answers nobody who asks it in another language than its own: what listens already is left alone. */
function cniPorts({ spec, cni }: Pick<Cluster, 'spec' | 'cni'>, to: Host): readonly CniPort[] {
  if (!isJoined(to)) return cni.ports(spec);
  if (to.state?.cni === cni.name) return [];
  return cni.ports(spec).filter(({ protocol, port }) => !to.facts.listening[protocol].includes(port));
}

function tcp(port: number, purpose: string): CniPort {
  return { protocol: 'tcp', port, purpose };
}
