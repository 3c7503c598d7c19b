import type { Host } from '../host/host.ts';
import { sanitizeLine } from '../lib/sanitize.ts';
import type { NodeSummary } from '../report/model.ts';
import { isReady, type Conditions } from './conditions.ts';
import type { Kubectl } from './kubectl.ts';

interface NodeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
    readonly spec: { readonly podCIDR?: string; readonly podCIDRs?: readonly string[] };
    readonly status: Conditions & {
      readonly addresses?: readonly { readonly type: string; readonly address: string }[];
      readonly nodeInfo: {
        readonly kubeletVersion: string;
        readonly containerRuntimeVersion: string;
        readonly osImage: string;
        readonly kernelVersion: string;
        readonly architecture: string;
      };
    };
  }[];
}

/** The cluster's nodes, control planes first, each with the address of the spec it came from. */
export async function readNodes(
  kubectl: Kubectl,
  hosts: readonly Host[],
  signal: AbortSignal,
): Promise<readonly NodeSummary[]> {
  const { items } = await kubectl.get<NodeList>(['nodes'], { signal });
  const nodes = items.map(({ metadata, spec, status }): NodeSummary => {
    const internalIPs = (status.addresses ?? []).flatMap(({ type, address }) =>
      type === 'InternalIP' ? [address] : [],
    );
    const info = status.nodeInfo;
    return {
      name: metadata.name,
      role:
        metadata.labels?.['node-role.kubernetes.io/control-plane'] === undefined ? 'worker' : 'control-plane',
      ready: isReady(status),
      address: hosts.find((host) => host.nodeName === metadata.name)?.address ?? '',
      internalIP: internalIPs[0] ?? '',
      internalIPs,
      podCIDR: spec.podCIDR ?? '',
      podCIDRs: spec.podCIDRs ?? [],
      kubeletVersion: info.kubeletVersion.replace(/^v/, ''),
      containerRuntime: info.containerRuntimeVersion,
      osImage: sanitizeLine(info.osImage),
      kernelVersion: sanitizeLine(info.kernelVersion),
      architecture: info.architecture,
    };
  });
  const rank = (node: NodeSummary): string => `${node.role === 'control-plane' ? '0' : '1'}${node.name}`;
  return nodes.sort((a, b) => rank(a).localeCompare(rank(b)));
}
