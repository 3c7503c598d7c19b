import { mergePatch } from '../../lib/merge-patch.ts';
import type { ClusterSpec } from '../../spec/cluster-spec.ts';
import { rangesOf } from '../../lib/ip.ts';
import type { CniContext } from '../cni.ts';
import { chosen } from '../options.ts';
import { ciliumOptions } from './options.ts';

type Values = Readonly<Record<string, unknown>>;

/** The chart's values: upstream's defaults, changed where our clusters or the user's options want it, then by the user. */
export function chartValues({ spec, apiServer }: CniContext): Values {
  const options = chosen(ciliumOptions, spec);
  const { mtu, encryption, devices } = options;
  const own = {
    // The nodes' ranges, which kubeadm's controller manager hands out of cni.podCIDR.
    ipam: { mode: 'kubernetes' },
    // No other CNI has files on our hosts, and those of one that comes later shall keep their names.
    cni: { exclusive: false },
    ...routing(spec.cni.podCIDR, options.backend),
    ...(mtu === undefined ? {} : { MTU: mtu }),
    ...(devices === undefined ? {} : { devices }),
    ...(encryption === 'none' ? {} : { encryption: { enabled: true, type: encryption } }),
    kubeProxyReplacement: options.kubeProxyReplacement,
    // Without kube-proxy nobody can reach the Service of the API server until Cilium itself is there.
    ...(options.kubeProxyReplacement
      ? { k8sServiceHost: apiServer.host, k8sServicePort: apiServer.port }
      : {}),
    policyEnforcementMode: options.networkPolicy ? 'default' : 'never',
    l7Proxy: options.l7Proxy,
    hubble: options.hubble ? hubble(spec) : { enabled: false },
    operator: { replicas: operators(spec) },
  };
  const images = options.useDigest ? {} : withoutDigests;
  return mergePatch(mergePatch(own, images), options.values) as Values;
}

/** Between nodes a tunnel is of IPv4 where there is any, as upstream has it. */
function routing(podCIDR: string, backend: string): Values {
  const { v4, v6 } = rangesOf(podCIDR);
  return {
    ipv4: { enabled: v4 !== undefined },
    ipv6: { enabled: v6 !== undefined },
    ...(v4 === undefined ? { underlayProtocol: 'ipv6' } : {}),
    ...(backend === 'native'
      ? {
          routingMode: 'native',
          autoDirectNodeRoutes: true,
          ...(v4 === undefined ? {} : { ipv4NativeRoutingCIDR: v4 }),
          ...(v6 === undefined ? {} : { ipv6NativeRoutingCIDR: v6 }),
        }
      : { routingMode: 'tunnel', tunnelProtocol: backend }),
  };
}

/** Certificates are made by a Job in the cluster: helm would make other ones at each rendering. */
function hubble({ kubernetes }: ClusterSpec): Values {
  return {
    enabled: true,
    peerService: { clusterDomain: kubernetes.dnsDomain },
    tls: { auto: { method: 'cronJob' } },
  };
}

/** No two operators run on one node. They tolerate the taint of control planes, but no user's. */
function operators({ hosts }: ClusterSpec): number {
  const open = hosts.filter(({ taints }) =>
    taints.every(
      ({ key, effect }) => effect === 'PreferNoSchedule' || key.startsWith('node-role.kubernetes.io/'),
    ),
  );
  return open.length > 1 ? 2 : 1;
}

const noDigest = { image: { useDigest: false } };

/** For every image that our options or a user's values bring in. */
const withoutDigests = {
  ...noDigest,
  operator: noDigest,
  envoy: noDigest,
  certgen: noDigest,
  hubble: { relay: noDigest, ui: { backend: noDigest, frontend: noDigest } },
  clustermesh: { apiserver: noDigest },
};
