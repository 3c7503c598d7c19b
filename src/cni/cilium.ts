import { BootstrapError } from '../lib/errors.ts';
import { workloadsOf, type KubeObject } from '../kube/objects.ts';
import { chosen, mtuProblems } from './options.ts';
import { ciliumOptions } from './cilium/options.ts';
import { ciliumPreflight } from './cilium/preflight.ts';
import { refusedValues } from './cilium/refusals.ts';
import { ciliumTraces } from './cilium/traces.ts';
import { chartValues } from './cilium/values.ts';
import type { Cni, CniPort } from './cni.ts';

/** https://github.com/cilium/cilium: an agent on every node that loads BPF programs, by upstream's Helm chart. */
export const cilium: Cni = {
  name: 'cilium',
  title: 'Cilium',
  versions: ['1.20.0', '1.19.6'],
  // The one that our end-to-end tests run.
  defaultVersion: '1.19.6',
  // It brings its own, and loopback where that is missing.
  plugins: [],
  host: { sharedMounts: true, bpffs: true },
  options: ciliumOptions,
  kubernetes: [
    {
      cni: '1.19.6',
      from: '1.36',
      to: '1.37',
      claim: 'passed',
      source:
        'k8s-bootstrap’s own matrix (docs/compatibility.md): VXLAN and native routing on 1.36.3 and 1.37.2',
    },
    {
      cni: '1.20.',
      from: '1.33',
      to: '1.36',
      claim: 'tested',
      source: 'Cilium’s documentation of 1.20, Kubernetes Compatibility',
    },
    {
      cni: '1.19.',
      from: '1.32',
      to: '1.35',
      claim: 'tested',
      source: 'Cilium’s documentation of 1.19, Kubernetes Compatibility',
    },
  ],
  problems: (spec) => [...refusedValues(spec), ...mtuProblems(spec, chosen(ciliumOptions, spec).mtu)],
  sources: (context) => [
    {
      chart: `helm.cilium.io/cilium-${context.version}.tgz`,
      release: 'cilium',
      namespace: 'kube-system',
      values: chartValues(context),
    },
  ],
  render: (objects) => {
    const secret = objects.find(isMadeAnew);
    if (secret === undefined) return objects;
    throw new BootstrapError(
      'E_CNI',
      `the chart of Cilium makes another ${secret.metadata.name} at each run`,
      {
        where: 'cni.options.values',
        hint: 'set tls.auto.method of hubble and clustermesh.apiserver to cronJob',
      },
    );
  },
  workloads: workloadsOf,
  replacesKubeProxy: (spec) => chosen(ciliumOptions, spec).kubeProxyReplacement,
  ports: (spec) => {
    const { backend, encryption, hubble, values } = chosen(ciliumOptions, spec);
    const tunnelPort = Number(values['tunnelPort']) || (backend === 'geneve' ? 6081 : 8472);
    const tunnel = {
      protocol: 'udp',
      port: tunnelPort,
      purpose: backend === 'geneve' ? 'Geneve' : 'VXLAN',
      family: values['underlayProtocol'] === 'ipv6' ? 6 : 4,
    } as const;
    return [
      ...(backend === 'native' ? [] : [tunnel]),
      { protocol: 'tcp', port: 4240, purpose: 'health checks', family: 'primary' },
      ...(encryption === 'none' ? [] : [wireguard]),
      ...(hubble ? [peers] : []),
    ];
  },
  hostPorts: (spec) => {
    const { healthPort } = chosen(ciliumOptions, spec).values;
    return [{ protocol: 'tcp', port: Number(healthPort) || 9879, purpose: 'the agent’s health' }];
  },
  preflight: ciliumPreflight,
  notices: ({ spec }) => [
    {
      id: 'cilium-ipam',
      severity: 'info',
      message: `Cilium takes pods’ addresses from cni.podCIDR ${spec.cni.podCIDR}, not from its own 10.0.0.0/8`,
    },
  ],
  diagnostics: {
    selector: 'k8s-app=cilium',
    container: 'cilium-agent',
    commands: [
      ['cilium-dbg', 'status'],
      ['cilium-health', 'status', '--succinct'],
    ],
  },
  traces: ciliumTraces,
};

const wireguard: CniPort = { protocol: 'udp', port: 51871, purpose: 'WireGuard', family: 4 };
const peers: CniPort = { protocol: 'tcp', port: 4244, purpose: 'Hubble', family: 'primary' };

/** The chart's own mark for keys that helm makes by itself; only a CA of the user's is the same every time. */
function isMadeAnew({ kind, metadata }: KubeObject): boolean {
  const labels = (metadata['labels'] ?? {}) as Readonly<Record<string, unknown>>;
  return (
    kind === 'Secret' &&
    metadata.name !== 'cilium-ca' &&
    labels['cilium.io/helm-template-non-idempotent'] === 'true'
  );
}
