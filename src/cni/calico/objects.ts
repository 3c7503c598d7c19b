import type { KubeObject } from '../../kube/objects.ts';
import { familyOf, rangesOf } from '../../lib/ip.ts';
import { apiServerVariables } from '../api-server.ts';
import type { CniContext } from '../cni.ts';
import type { Choice } from './options.ts';

/**
 * The routing tables of WireGuard, IPv4 and IPv6. Felix takes its tables as its own whether it encrypts or not, and
 * deletes others' rules for them; by itself it would take 1 and 2, which administrators like as well.
 */
export const routeTables = { min: 17900, max: 17901 };

/** Settings of Felix, Calico's agent, for all nodes. calico-node adds its own to it and leaves these alone. */
export function felixConfiguration({ encryption, v4, v6 }: Choice): KubeObject {
  const encrypted = {
    ...(v4 === undefined ? {} : { wireguardEnabled: true }),
    ...(v6 === undefined ? {} : { wireguardEnabledV6: true }),
  };
  return {
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'FelixConfiguration',
    metadata: { name: 'default' },
    spec: { routeTableRanges: [routeTables], ...(encryption === 'wireguard' ? encrypted : {}) },
  };
}

interface Pool {
  readonly name: string;
  readonly cidr: string;
  readonly blockSize: number;
  readonly nodeSelector: string;
}

/** Prefix of the addresses that a node takes at once, upstream's own. */
const blockSize = { 4: 26, 6: 122 } as const;

/** Where pods' addresses come from, one of each family: what `IPPool` and `Installation` have alike. */
export function poolsOf({ podCIDR }: Choice): readonly Pool[] {
  return rangesOf(podCIDR).blocks.map((cidr) => {
    const family = familyOf(cidr);
    const name = `default-ipv${String(family)}-ippool`;
    return { name, cidr, blockSize: blockSize[family], nodeSelector: 'all()' };
  });
}

/**
 * calico-node would make them out of its variables, but once for all, and reads IPv6's encapsulation only where there is
 * IPv4 (seen of 3.32.1, startup.go).
 */
export function ipPools(choice: Choice): readonly KubeObject[] {
  const { backend, crossSubnet } = choice;
  const encapsulated = crossSubnet ? 'CrossSubnet' : 'Always';
  return poolsOf(choice).map(({ name, ...pool }) => ({
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'IPPool',
    metadata: { name },
    spec: {
      ...pool,
      allowedUses: ['Workload', 'Tunnel'],
      ipipMode: backend === 'ipip' ? encapsulated : 'Never',
      vxlanMode: backend === 'vxlan' ? encapsulated : 'Never',
      natOutgoing: true,
    },
  }));
}

/** Where the API server is, for those who make the Service under which others find it. @param namespace theirs. */
export function apiEndpoint({ apiServer }: CniContext, namespace: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kubernetes-services-endpoint', namespace },
    data: apiServerVariables(apiServer),
  };
}
