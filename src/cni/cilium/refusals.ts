import { isRecord } from '../../lib/record.ts';
import type { ClusterSpec } from '../../spec/cluster-spec.ts';
import { chosen } from '../options.ts';
import { ciliumOptions } from './options.ts';

const fixed = 'remove it; k8s-bootstrap relies on what it is';

/** Values of the chart that `cni.options.values` must not have, and what to do instead. */
const refused: Readonly<Record<string, string>> = {
  ipam: 'remove it; addresses come from the nodes’ parts of cni.podCIDR',
  'ipv4.enabled': 'remove it; cni.podCIDR says which families there are',
  'ipv6.enabled': 'remove it; cni.podCIDR says which families there are',
  routingMode: 'use the option backend',
  tunnelProtocol: 'use the option backend',
  MTU: 'use the option mtu',
  devices: 'use the option devices',
  'encryption.enabled': 'use the option encryption',
  'encryption.type': 'use the option encryption',
  kubeProxyReplacement: 'use the option kubeProxyReplacement',
  policyEnforcementMode: 'use the option networkPolicy',
  l7Proxy: 'use the option l7Proxy',
  'hubble.enabled': 'use the option hubble',
  k8sServiceHost: 'remove it; the option kubeProxyReplacement sets it',
  k8sServicePort: 'remove it; the option kubeProxyReplacement sets it',
  k8sServiceHostRef: 'remove it; the option kubeProxyReplacement sets k8sServiceHost',
  namespaceOverride: fixed,
  'cni.install': fixed,
  'cni.confPath': fixed,
  'cni.binPath': fixed,
  'daemon.runPath': fixed,
  'bpf.root': fixed,
  'cgroup.hostRoot': fixed,
};

/** What a user's values would break: addresses, the way to the API server, or the removal from hosts. */
export function refusedValues(spec: ClusterSpec): readonly { option: string; what: string; fix: string }[] {
  const { values } = chosen(ciliumOptions, spec);
  return Object.entries(refused)
    .filter(([path]) => sets(values, path.split('.')))
    .map(([path, fix]) => ({ option: 'values', what: `must not set ${path}`, fix }));
}

/** Whether it has something at the path, or at a part of it what leaves no room for the rest. */
function sets(values: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined || !isRecord(values)) return true;
  return Object.hasOwn(values, key) && sets(values[key], rest);
}
