import * as z from 'zod';
import { BootstrapError } from '../lib/errors.ts';
import { workloadsOf, type KubeObject } from '../kube/objects.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import type { Cni } from './cni.ts';
import { chosen, mtu } from './options.ts';

const options = {
  backend: z
    .enum(['vxlan', 'host-gw', 'wireguard'])
    .default('vxlan')
    .describe('How pods’ packets get to other nodes; `host-gw` needs all nodes in one network.'),
  mtu,
};

/** https://github.com/flannel-io/flannel: one DaemonSet, VXLAN between nodes; needs node pod CIDRs and `bridge`. */
export const flannel: Cni = {
  name: 'flannel',
  title: 'Flannel',
  versions: ['0.28.9'],
  plugins: ['bridge', 'host-local', 'portmap', 'loopback'],
  options,
  kubernetes: [{ cni: '', from: '1.17', claim: 'tested', source: 'Flannel’s README: Kubernetes v1.17+' }],
  sources: ({ version }) => [
    { upstream: `github.com/flannel-io/flannel/releases/download/v${version}/kube-flannel.yml` },
  ],
  render: (objects, { spec }) => {
    const configs = objects.filter(isConfig);
    if (configs.length !== 1)
      throw new BootstrapError('E_CNI', 'the Flannel manifest has no ConfigMap kube-flannel-cfg');
    return objects.map((object) => {
      if (isConfig(object)) return withNetwork(object, spec);
      return object.kind === 'DaemonSet' ? onNodeAddress(object) : object;
    });
  },
  workloads: workloadsOf,
  ports: (spec) => {
    const { backend } = chosen(options, spec);
    if (backend === 'host-gw') return [];
    return backend === 'vxlan'
      ? [{ protocol: 'udp', port: 8472, purpose: 'VXLAN' }]
      : [{ protocol: 'udp', port: 51820, purpose: 'WireGuard' }];
  },
  preflight: () => [],
  traces: {
    links: ['cni0', 'flannel.1', 'flannel-v6.1', 'flannel-wg', 'flannel-wg-v6', 'flannel.ipip'],
    chains: ['FLANNEL-'],
    nftTables: ['ip flannel-ipv4', 'ip6 flannel-ipv6'],
    paths: ['/run/flannel'],
  },
};

function isConfig({ kind, metadata }: KubeObject): boolean {
  return kind === 'ConfigMap' && metadata.name === 'kube-flannel-cfg';
}

interface Container {
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: readonly object[];
}

/** Tunnels end at the node's address inside the cluster; by itself flanneld takes the default route's interface. */
function onNodeAddress(daemonSet: KubeObject): KubeObject {
  const { template } = daemonSet['spec'] as {
    readonly template: { readonly spec: { readonly containers: readonly Container[] } };
  };
  const hostIP = { name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } };
  const containers = template.spec.containers.map((container) =>
    container.name === 'kube-flannel'
      ? {
          ...container,
          args: [...(container.args ?? []), '--iface=$(HOST_IP)'],
          env: [...(container.env ?? []), hostIP],
        }
      : container,
  );
  const spec = { ...template.spec, containers };
  return { ...daemonSet, spec: { ...(daemonSet['spec'] as object), template: { ...template, spec } } };
}

function withNetwork(configMap: KubeObject, spec: ClusterSpec): KubeObject {
  const data = configMap['data'] as Record<string, string> | undefined;
  const text = data?.['net-conf.json'];
  if (text === undefined)
    throw new BootstrapError('E_CNI', 'kube-flannel-cfg of the Flannel manifest has no net-conf.json');
  const config = { ...parsed(text), ...networkOf(spec) };
  return { ...configMap, data: { ...data, 'net-conf.json': JSON.stringify(config, undefined, 2) } };
}

function networkOf(spec: ClusterSpec): object {
  const { backend, mtu: wanted } = chosen(options, spec);
  const v6 = spec.cni.podCIDR.includes(':');
  return {
    ...(v6
      ? { EnableIPv4: false, EnableIPv6: true, IPv6Network: spec.cni.podCIDR }
      : { Network: spec.cni.podCIDR }),
    Backend: { Type: backend, ...(wanted === undefined ? {} : { MTU: wanted }) },
  };
}

function parsed(netConf: string): object {
  try {
    return JSON.parse(netConf) as object;
  } catch (cause) {
    throw new BootstrapError('E_CNI', 'net-conf.json of the Flannel manifest is no JSON', { cause });
  }
}
