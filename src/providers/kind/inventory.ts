import { bracketed } from '../../lib/ip.ts';

/** Labels that kind puts on the containers of its nodes. */
export const labels = { cluster: 'io.x-k8s.kind.cluster', role: 'io.x-k8s.kind.role' } as const;

/** The label that says which cluster of ours a network or volume was made for. */
export const ownLabel = 'k8s-bootstrap.cluster';

/** The network that kind puts all its nodes on. */
export const NETWORK = 'kind';

/** Port of the API server in a node, and of the load balancer before several. */
export const API_PORT = '6443/tcp';

/** What of `docker info` matters here. Sizes in bytes. */
export interface DockerInfo {
  readonly ID?: string;
  readonly ServerVersion: string;
  readonly OSType: string;
  /** As `uname -r` says it. */
  readonly KernelVersion?: string;
  /** As `uname -m` says it. */
  readonly Architecture: string;
  readonly CgroupVersion?: string;
  readonly NCPU: number;
  readonly MemTotal: number;
  readonly SecurityOptions?: readonly string[] | null;
  readonly ServerErrors?: readonly string[];
}

/** What of `docker inspect` matters here. */
export interface Container {
  readonly Id: string;
  /** With a slash before it. */
  readonly Name: string;
  readonly State: { readonly Running: boolean };
  readonly Config: {
    readonly Labels: Readonly<Record<string, string>>;
    /** As it was named when the container was made. */
    readonly Image?: string;
  };
  readonly NetworkSettings: {
    readonly Ports: Readonly<Record<string, readonly PublishedPort[] | null>> | null;
  };
}

interface PublishedPort {
  readonly HostIp: string;
  readonly HostPort: string;
}

/** What of `docker network inspect` matters here. */
export interface Network {
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly IPAM: { readonly Config: readonly { readonly Subnet?: string }[] | null };
  readonly Containers: Readonly<Record<string, unknown>> | null;
}

export function nameOf(container: Container): string {
  return container.Name.replace(/^\//, '');
}

export function subnetsOf(network: Network): readonly string[] {
  return (network.IPAM.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []);
}

/** `host:port` under which the machine reaches the cluster's API server; undefined while nothing publishes it. */
export function publishedEndpoint(containers: readonly Container[]): string | undefined {
  const balancer = containers.filter(({ Config }) => Config.Labels[labels.role] === 'external-load-balancer');
  const planes = containers.filter(({ Config }) => Config.Labels[labels.role] === 'control-plane');
  const [published] = [...balancer, ...planes].flatMap(
    ({ NetworkSettings }) => NetworkSettings.Ports?.[API_PORT] ?? [],
  );
  if (published === undefined) return undefined;
  const { HostIp, HostPort } = published;
  const host = ['', '0.0.0.0', '::'].includes(HostIp) ? '127.0.0.1' : HostIp;
  return `${bracketed(host)}:${HostPort}`;
}
