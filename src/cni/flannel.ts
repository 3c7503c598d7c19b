import { BootstrapError } from '../lib/errors.ts';
import { workloadsOf, type KubeObject } from '../kube/objects.ts';
import type { Cni } from './cni.ts';

/** https://github.com/flannel-io/flannel: one DaemonSet, VXLAN between nodes; needs node pod CIDRs and `bridge`. */
export const flannel: Cni = {
  name: 'flannel',
  title: 'Flannel',
  versions: ['0.28.9'],
  plugins: ['bridge', 'host-local', 'portmap', 'loopback'],
  options: [],
  manifest: (_spec, version) => ({
    upstream: `github.com/flannel-io/flannel/releases/download/v${version}/kube-flannel.yml`,
  }),
  render: (objects, spec) => {
    const configs = objects.filter(isConfig);
    if (configs.length !== 1)
      throw new BootstrapError('E_CNI', 'the Flannel manifest has no ConfigMap kube-flannel-cfg');
    return objects.map((object) => {
      if (isConfig(object)) return withNetwork(object, spec.cni.podCIDR);
      return object.kind === 'DaemonSet' ? onNodeAddress(object) : object;
    });
  },
  workloads: workloadsOf,
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

function withNetwork(configMap: KubeObject, podCIDR: string): KubeObject {
  const data = configMap['data'] as Record<string, string> | undefined;
  const text = data?.['net-conf.json'];
  if (text === undefined)
    throw new BootstrapError('E_CNI', 'kube-flannel-cfg of the Flannel manifest has no net-conf.json');
  const config = { ...parsed(text), Network: podCIDR };
  return { ...configMap, data: { ...data, 'net-conf.json': JSON.stringify(config, undefined, 2) } };
}

function parsed(netConf: string): object {
  try {
    return JSON.parse(netConf) as object;
  } catch (cause) {
    throw new BootstrapError('E_CNI', 'net-conf.json of the Flannel manifest is no JSON', { cause });
  }
}
