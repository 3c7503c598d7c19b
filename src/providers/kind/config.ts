import { stringify } from 'yaml';
import { bootstrapToken } from '../../kube/kubeadm-config.ts';
import type { ClusterSpec, HostSpec } from '../../spec/cluster-spec.ts';
import { rangesOf } from '../../lib/ip.ts';
import { legacyPatch, type Patch } from './legacy-patch.ts';

export interface KindConfigOptions {
  readonly spec: ClusterSpec;
  readonly nodeImage: string;
  /** Without `v`; undefined when only the image knows. */
  readonly kubernetesVersion: string | undefined;
  readonly cgroup: 'v1' | 'v2';
  /** Whether kubeadm installs kube-proxy. */
  readonly kubeProxy: boolean;
  /** Secret: kind itself would take one that everybody knows. */
  readonly token: string;
}

/** The configuration for `kind create cluster --config`; it holds the token. */
export function kindConfig(options: KindConfigOptions): string {
  const { spec, nodeImage, kubernetesVersion, kubeProxy, cgroup, token } = options;
  const { cni, kubernetes, kind } = spec;
  const first = spec.hosts.find(({ role }) => role === 'control-plane');
  const user = kubernetes.kubeadmPatches.map((patch) => legacyPatch(patch, kubernetesVersion));
  return stringify(
    {
      apiVersion: 'kind.x-k8s.io/v1alpha4',
      kind: 'Cluster',
      name: spec.name,
      networking: {
        ipFamily: ipFamily(cni.podCIDR),
        podSubnet: cni.podCIDR,
        serviceSubnet: kubernetes.serviceCIDR,
        disableDefaultCNI: true,
        ...(kubeProxy ? {} : { kubeProxyMode: 'none' }),
        ...(kind.apiServerPort === undefined ? {} : { apiServerPort: kind.apiServerPort }),
      },
      // Not set in the image, and without it containerd never looks for mirrors, those of a later run among them.
      containerdConfigPatches: [registryPatch],
      nodes: spec.hosts.map((host) => ({
        role: host.role,
        image: nodeImage,
        // Per node and in this order, since kind applies what stands here last: the user's word is the final one.
        kubeadmConfigPatches: [...ownPatches(spec, host, { cgroup, token }), ...user].map((patch) =>
          stringify(patch, { aliasDuplicateObjects: false }),
        ),
        ...(host === first && kind.portMappings.length > 0 ? { extraPortMappings: kind.portMappings } : {}),
      })),
    },
    { aliasDuplicateObjects: false, lineWidth: 0 },
  );
}

function ipFamily(podCIDR: string): 'ipv4' | 'ipv6' | 'dual' {
  const { v4, v6 } = rangesOf(podCIDR);
  if (v6 === undefined) return 'ipv4';
  return v4 === undefined ? 'ipv6' : 'dual';
}

const registryPatch = `[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "/etc/containerd/certs.d"
`;

function ownPatches(
  { kubernetes }: ClusterSpec,
  host: HostSpec,
  { cgroup, token }: Pick<KindConfigOptions, 'cgroup' | 'token'>,
): readonly Patch[] {
  const nodeRegistration = {
    ...(host.name === undefined ? {} : { name: host.name }),
    ...(host.taints.length === 0 ? {} : { taints: taintsOf(host) }),
  };
  const endpoint = kubernetes.controlPlaneEndpoint && hostOf(kubernetes.controlPlaneEndpoint);
  return [
    {
      kind: 'ClusterConfiguration',
      networking: { dnsDomain: kubernetes.dnsDomain },
      ...(endpoint === undefined ? {} : { apiServer: { certSANs: ['localhost', '127.0.0.1', endpoint] } }),
    },
    {
      kind: 'InitConfiguration',
      bootstrapTokens: [bootstrapToken(token)],
      nodeRegistration,
    },
    { kind: 'JoinConfiguration', discovery: { bootstrapToken: { token } }, nodeRegistration },
    // From 1.35 on the kubelet refuses cgroup v1 unless told otherwise.
    ...(cgroup === 'v1' ? [{ kind: 'KubeletConfiguration' as const, failCgroupV1: false }] : []),
  ];
}

/** The host of `host[:port]`; IPv6 without brackets has no port. */
export function hostOf(endpoint: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(endpoint) ?? [];
  return bracketed ?? plain ?? endpoint;
}

/** A list in a patch replaces kubeadm's own, so that the control plane's taint has to be named again. */
function taintsOf({ role, taints }: HostSpec): readonly object[] {
  const controlPlane = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };
  return [...(role === 'control-plane' ? [controlPlane] : []), ...taints];
}
