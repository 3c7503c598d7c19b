import * as z from 'zod';
import { workloadsOf, type KubeObject } from '../kube/objects.ts';
import { envVars, withContainer, withEnv, withPodSpec, type Container } from '../kube/pod-template.ts';
import type { Finding } from '../report/model.ts';
import type { CniProblem } from '../spec/checks/cni.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import { rangesOf } from '../lib/ip.ts';
import { apiServerVariables } from './api-server.ts';
import type { Cni, CniContext, CniFacts } from './cni.ts';
import { edited, withJson } from './edit.ts';
import { cloudRoutes, lackingTunnel } from './host-needs.ts';
import { chosen, mtu, mtuProblems } from './options.ts';

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
  instead: { encryption: 'encrypts with backend: wireguard' },
  kubernetes: [{ cni: '', from: '1.17', claim: 'tested', source: 'Flannel’s README: Kubernetes v1.17+' }],
  problems: flannelProblems,
  sources: ({ version }) => [
    { upstream: `github.com/flannel-io/flannel/releases/download/v${version}/kube-flannel.yml` },
  ],
  render: (objects, { spec, apiServer }) =>
    edited(objects, 'Flannel', [
      {
        kind: 'ConfigMap',
        name: 'kube-flannel-cfg',
        change: (configMap) =>
          withPodMtu(
            withJson(configMap, 'net-conf.json', (config) => ({ ...config, ...networkOf(spec) })),
            chosen(options, spec).mtu,
          ),
      },
      {
        kind: 'DaemonSet',
        name: 'kube-flannel-ds',
        change: (daemonSet) =>
          withPodSpec(daemonSet, (pod) =>
            withContainer(pod, 'kube-flannel', (container) => askedOften(onNode(container, apiServer))),
          ),
      },
    ]),
  workloads: workloadsOf,
  ports: (spec) => {
    const { backend } = chosen(options, spec);
    if (backend === 'host-gw') return [];
    if (backend === 'vxlan') return [{ protocol: 'udp', port: 8472, purpose: 'VXLAN' }];
    // flanneld's ListenPort and ListenPortV6.
    return rangesOf(spec.cni.podCIDR).families.map((family) => {
      return { protocol: 'udp', port: family === 6 ? 51821 : 51820, purpose: 'WireGuard', family };
    });
  },
  preflight: (facts, spec) => [...interfaces(facts), ...kernelAndCloud(facts, spec)],
  diagnostics: {
    selector: 'app=flannel',
    container: 'kube-flannel',
    commands: [['cat', '/run/flannel/subnet.env']],
  },
  traces: {
    links: ['cni0', 'flannel.1', 'flannel-v6.1', 'flannel-wg', 'flannel-wg-v6', 'flannel.ipip'],
    chains: ['FLANNEL-'],
    nftTables: ['ip flannel-ipv4', 'ip6 flannel-ipv6'],
    paths: ['/run/flannel', '/opt/cni/bin/flannel'],
  },
};

/** Of an IPv4 address' interface flanneld takes the first IPv6 address there is (pkg/ipmatch/match.go at v0.28.9). */
function interfaces({ nodeLinks = [] }: CniFacts): readonly Finding[] {
  const [first, ...others] = new Set(nodeLinks);
  if (first === undefined || others.length === 0) return [];
  return [
    {
      id: 'flannel-interface',
      severity: 'error',
      message: `the node’s addresses are on ${[first, ...others].join(' and ')}, and Flannel takes both from one interface`,
      hint: 'set hosts[].internalAddress to an IPv4 and an IPv6 address of one interface',
    },
  ];
}

function kernelAndCloud(facts: CniFacts, spec: ClusterSpec): readonly Finding[] {
  const { backend } = chosen(options, spec);
  if (backend === 'wireguard') return lackingTunnel(facts, 'wireguard', 'Flannel');
  return backend === 'host-gw' ? cloudRoutes(facts, 'backend: vxlan') : [];
}

function flannelProblems(spec: ClusterSpec): readonly CniProblem[] {
  const { podCIDR } = spec.cni;
  const { families, v4 } = rangesOf(podCIDR);
  const { backend, mtu: wanted } = chosen(options, spec);
  const found = [...mtuProblems(spec, wanted)];
  // Seen of 0.28.9: without an IPv4 address it takes the node for one behind NAT, and ends.
  if (backend === 'host-gw' && v4 === undefined) {
    const what = `is host-gw, which Flannel has with IPv4 only, and cni.podCIDR ${podCIDR} is IPv6`;
    found.push({ option: 'backend', what, fix: 'choose backend: vxlan' });
  }
  // It finds the interface by the node's first address, and with both families by one of IPv4 only.
  if (families.length > 1 && families[0] === 6) {
    const what = 'begins with IPv6, and Flannel finds a node’s interface by an IPv4 address';
    found.push({ field: 'podCIDR', what, fix: 'write the IPv4 range first, and that of Services too' });
  }
  return found;
}

/**
 * Tunnels end at the node's address inside the cluster; by itself flanneld takes the default route's interface. And it
 * asks the API server where kubelets do: the Service's address leads nowhere before kube-proxy is there, and a flanneld
 * that crashes for it is restarted late.
 */
function onNode(container: Container, apiServer: CniContext['apiServer']): Container {
  const hostIP = { name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } };
  return withEnv({ ...container, args: [...(container.args ?? []), '--iface=$(HOST_IP)'] }, [
    hostIP,
    ...envVars(apiServerVariables(apiServer)),
  ]);
}

/** Everything waits for it: with upstream's 10 s, for up to 15 s longer than it takes. */
function askedOften(container: Container): Container {
  const { readinessProbe } = container;
  if (readinessProbe === undefined) return container;
  return { ...container, readinessProbe: { ...readinessProbe, initialDelaySeconds: 0, periodSeconds: 1 } };
}

function networkOf(spec: ClusterSpec): object {
  const { backend } = chosen(options, spec);
  const { v4, v6 } = rangesOf(spec.cni.podCIDR);
  return {
    ...(v4 === undefined ? { EnableIPv4: false } : { Network: v4 }),
    ...(v6 === undefined ? {} : { EnableIPv6: true, IPv6Network: v6 }),
    Backend: { Type: backend },
  };
}

interface Plugin {
  readonly type: string;
  readonly delegate?: object;
}

/** For the bridge of pods. flanneld's own MTU is that of its tunnel, packets' outer headers included, and host-gw has none. */
function withPodMtu(configMap: KubeObject, wanted: number | undefined): KubeObject {
  if (wanted === undefined) return configMap;
  return withJson(configMap, 'cni-conf.json', (config) => ({
    ...config,
    plugins: ((config['plugins'] ?? []) as readonly Plugin[]).map((plugin) =>
      plugin.type === 'flannel' ? { ...plugin, delegate: { ...plugin.delegate, mtu: wanted } } : plugin,
    ),
  }));
}
