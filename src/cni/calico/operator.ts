import { BootstrapError } from '../../lib/errors.ts';
import type { KubeObject, Workload } from '../../kube/objects.ts';
import { rangesOf } from '../../lib/ip.ts';
import type { CniContext } from '../cni.ts';
import { apiEndpoint, felixConfiguration, poolsOf } from './objects.ts';
import { choiceOf, hasBird, type Choice } from './options.ts';

/** Definitions before what uses them. */
export const operatorFiles = ['operator-crds.yaml', 'tigera-operator.yaml'] as const;

const NAMESPACE = 'tigera-operator';
const made = 'calico-system';

/**
 * The operator, and what tells it to install Calico as the spec says.
 * @throws BootstrapError `E_CNI` for a manifest without the operator.
 */
export function renderOperator(objects: readonly KubeObject[], context: CniContext): readonly KubeObject[] {
  const choice = choiceOf(context.spec);
  if (!objects.some(({ kind, metadata }) => kind === 'Deployment' && metadata.name === NAMESPACE)) {
    throw new BootstrapError('E_CNI', `the manifest of Calico’s operator has no Deployment ${NAMESPACE}`);
  }
  const isNamespace = ({ kind }: KubeObject): boolean => kind === 'Namespace';
  // The operator reads where the API server is when its pod starts.
  const endpoint = choice.kubeProxyReplacement ? [apiEndpoint(context, NAMESPACE)] : [];
  return [
    ...objects.filter(isNamespace),
    ...endpoint,
    ...objects.filter((object) => !isNamespace(object)),
    felixConfiguration(choice),
    installation(choice),
  ];
}

/** https://docs.tigera.io/calico/latest/reference/installation/api */
function installation(choice: Choice): KubeObject {
  const { mtu, kubeProxyReplacement, podCIDR } = choice;
  const encapsulation = encapsulationOf(choice);
  const detection = rangesOf(podCIDR).families.map(
    (family) => [`nodeAddressAutodetectionV${String(family)}`, { kubernetes: 'NodeInternalIP' }] as const,
  );
  return {
    apiVersion: 'operator.tigera.io/v1',
    kind: 'Installation',
    metadata: { name: 'default' },
    spec: {
      // Both are for Istio's sake, and cost images and a DaemonSet.
      flexVolumePath: 'None',
      kubeletVolumePluginPath: 'None',
      calicoNetwork: {
        bgp: hasBird(choice) ? 'Enabled' : 'Disabled',
        linuxDataplane: kubeProxyReplacement ? 'BPF' : 'Iptables',
        ipPools: poolsOf(choice).map((pool) => ({ ...pool, encapsulation, natOutgoing: 'Enabled' })),
        ...Object.fromEntries(detection),
        ...(mtu === undefined ? {} : { mtu }),
      },
    },
  };
}

function encapsulationOf({ backend, crossSubnet }: Choice): string {
  if (backend === 'bgp') return 'None';
  return `${backend === 'vxlan' ? 'VXLAN' : 'IPIP'}${crossSubnet ? 'CrossSubnet' : ''}`;
}

/** The operator, and what it makes. */
export const operatorWorkloads: readonly Workload[] = [
  { kind: 'Deployment', namespace: NAMESPACE, name: NAMESPACE },
  { kind: 'Deployment', namespace: made, name: 'calico-typha' },
  { kind: 'DaemonSet', namespace: made, name: 'calico-node' },
  { kind: 'Deployment', namespace: made, name: 'calico-kube-controllers' },
];

/** What the operator's pods run; its own image is in its manifest. @param version of Calico, without `v`. */
export function operatorImages(version: string): readonly string[] {
  return ['cni', 'kube-controllers', 'node', 'typha'].map((name) => `quay.io/calico/${name}:v${version}`);
}
