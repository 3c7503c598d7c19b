import * as z from 'zod';
import { workloadsOf } from '../kube/objects.ts';
import { withContainer, withFlags, withImageTag, withPodSpec, type PodSpec } from '../kube/pod-template.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import { rangesOf } from '../lib/ip.ts';
import type { Cni, CniContext } from './cni.ts';
import { edited, withJson, type Edit } from './edit.ts';
import { kubeconfigOf, withOwnKubeconfig } from './kube-router/kubeconfig.ts';
import { kubeRouterPreflight } from './kube-router/preflight.ts';
import { kubeRouterTraces } from './kube-router/traces.ts';
import { chosen, kubeProxyReplacement, mtu, mtuProblems, networkPolicy } from './options.ts';

const options = {
  overlay: z
    .enum(['subnet', 'full', 'off'])
    .default('subnet')
    .describe(
      'Which nodes are reached through tunnels: those in other subnets, all, or none. Clouds need `full`, since their networks know no pods.',
    ),
  overlayEncap: z
    .enum(['ipip', 'fou'])
    .default('ipip')
    .describe('What tunnels are made of: IP in IP, or UDP (`fou`), which Azure needs.'),
  networkPolicy,
  kubeProxyReplacement,
  mtu,
};

/** Where `--overlay-encap=fou` sends to by default. */
const FOU_PORT = 5555;

/**
 * The node is Ready by a configuration that names no range yet. kube-router writes its own in once its bridge is there
 * (network_routes_controller.go); pods that come before fail.
 */
const startupProbe = {
  exec: { command: ['grep', '-q', '"subnet"', '/etc/cni/net.d/10-kuberouter.conflist'] },
  periodSeconds: 1,
  failureThreshold: 120,
};

/** https://www.kube-router.io: one DaemonSet, BGP between nodes; needs node pod CIDRs, and brings the plugins it uses. */
export const kubeRouter: Cni = {
  name: 'kube-router',
  title: 'kube-router',
  versions: ['2.11.1'],
  plugins: [],
  options,
  kubernetes: [
    {
      cni: '2.11.',
      from: '1.32',
      to: '1.36',
      claim: 'tested',
      source: 'kube-router’s own end-to-end tests (hack/e2e-netpol.sh: 1.32.2; ci-e2e-netpol.yml: 1.36.1)',
    },
  ],
  problems: (spec) => {
    const { overlay, mtu: wanted } = chosen(options, spec);
    const found = [...mtuProblems(spec, wanted)];
    if (overlay === 'off' && spec.cni.options['overlayEncap'] !== undefined) {
      const fix = 'remove it, or set overlay to full or subnet';
      found.push({ option: 'overlayEncap', what: 'is for tunnels', fix });
    }
    return found;
  },
  sources: ({ spec, version }) => {
    const variant = chosen(options, spec).kubeProxyReplacement ? '-all-features' : '';
    const path = `cloudnativelabs/kube-router/v${version}/daemonset/kubeadm-kuberouter${variant}.yaml`;
    return [{ upstream: `raw.githubusercontent.com/${path}` }];
  },
  render: (objects, context) => {
    const proxy = chosen(options, context.spec).kubeProxyReplacement;
    const rest = edited(objects, 'kube-router', edits(context));
    return proxy ? [kubeconfigOf(context), ...rest] : rest;
  },
  workloads: workloadsOf,
  replacesKubeProxy: (spec) => chosen(options, spec).kubeProxyReplacement,
  ports: (spec) => {
    const { overlay, overlayEncap } = chosen(options, spec);
    return [
      { protocol: 'tcp', port: 179, purpose: 'BGP', family: 'primary' },
      ...(overlay !== 'off' && overlayEncap === 'fou'
        ? [{ protocol: 'udp', port: FOU_PORT, purpose: 'foo-over-UDP' } as const]
        : []),
    ];
  },
  hostPorts: () => [{ protocol: 'tcp', port: 20244, purpose: 'health' }],
  preflight: (facts, spec) => kubeRouterPreflight(facts, spec, chosen(options, spec)),
  diagnostics: {
    selector: 'k8s-app=kube-router',
    container: 'kube-router',
    commands: [['gobgp', 'neighbor']],
  },
  traces: kubeRouterTraces,
};

function edits(context: CniContext): readonly Edit[] {
  const { spec, version } = context;
  const { kubeProxyReplacement: proxy, mtu: wanted } = chosen(options, spec);
  const change = (pod: PodSpec): PodSpec => {
    const tagged = withImageTag(pod, `v${version}`);
    const flagged = withContainer(tagged, 'kube-router', (container) =>
      withFlags(
        {
          ...container,
          startupProbe,
          // Its second is not enough on a machine that is busy; upstream's own tests wait as long.
          livenessProbe: { ...(container['livenessProbe'] as object), timeoutSeconds: 5 },
        },
        flagsOf(spec),
      ),
    );
    return proxy ? withOwnKubeconfig(flagged) : flagged;
  };
  return [
    { kind: 'DaemonSet', name: 'kube-router', change: (object) => withPodSpec(object, change) },
    ...(wanted === undefined
      ? []
      : [{ kind: 'ConfigMap', name: 'kube-router-cfg', change: withMtu(wanted) }]),
  ];
}

function flagsOf(spec: ClusterSpec): Readonly<Record<string, string>> {
  const { overlay, overlayEncap, networkPolicy: policy, mtu: wanted } = chosen(options, spec);
  const { families, v4, v6 } = rangesOf(spec.cni.podCIDR);
  return {
    '--run-firewall': String(policy),
    '--service-cluster-ip-range': spec.kubernetes.serviceCIDR,
    '--enable-overlay': String(overlay !== 'off'),
    ...(overlay === 'off' ? {} : { '--overlay-type': overlay, '--overlay-encap': overlayEncap }),
    ...(wanted === undefined ? {} : { '--auto-mtu': 'false' }),
    ...(v4 === undefined ? { '--enable-ipv4': 'false' } : {}),
    ...(v6 === undefined ? {} : { '--enable-ipv6': 'true' }),
    // BGP's is otherwise the node's first address, which has to be one of IPv4.
    ...(families[0] === 6 ? { '--router-id': 'generate' } : {}),
  };
}

function withMtu(wanted: number): Edit['change'] {
  return (configMap) =>
    withJson(configMap, 'cni-conf.json', (config) => {
      const plugins = config['plugins'] as readonly { readonly type: string }[];
      return {
        ...config,
        plugins: plugins.map((one) => (one.type === 'bridge' ? { ...one, mtu: wanted } : one)),
      };
    });
}
