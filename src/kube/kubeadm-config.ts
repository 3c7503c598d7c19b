import { stringify } from 'yaml';
import type { Host } from '../host/host.ts';
import { mergePatch } from '../lib/merge-patch.ts';
import type { ClusterSpec, KubeadmPatch } from '../spec/cluster-spec.ts';
import { kubeletConfiguration, kubeProxyConfiguration } from './component-config.ts';

const API_VERSION = 'kubeadm.k8s.io/v1beta4';
export const CRI_SOCKET = 'unix:///run/containerd/containerd.sock';

/** Minutes a join token lives; it is revoked before that, as soon as the joins are over. */
const TOKEN_TTL = '15m0s';

/** Tells tokens of this project from others. */
export const TOKEN_DESCRIPTION = 'k8s-bootstrap';

/** An entry of InitConfiguration's `bootstrapTokens`. */
export const bootstrapToken = (token: string): Readonly<Record<string, unknown>> => ({
  token,
  description: TOKEN_DESCRIPTION,
  ttl: TOKEN_TTL,
  usages: ['signing', 'authentication'],
  groups: ['system:bootstrappers:kubeadm:default-node-token'],
});

type Document = Readonly<Record<string, unknown>> & { readonly kind: KubeadmPatch['kind'] };

export interface InitOptions {
  readonly spec: ClusterSpec;
  readonly hosts: readonly Host[];
  readonly host: Host;
  readonly kubernetesVersion: string;
  /** `host:port`. */
  readonly endpoint: string;
  /** Secret. */
  readonly token: string;
  /** Secret. */
  readonly certificateKey?: string;
  /** Phases that kubeadm leaves out. */
  readonly skipPhases?: readonly string[];
}

/** Versions and image repositories alone, with the user's patches, for `kubeadm config images list`. */
export function clusterConfig(spec: ClusterSpec, kubernetesVersion: string): string {
  const document = { apiVersion: API_VERSION, kind: 'ClusterConfiguration' } as const;
  return render(spec, [{ ...document, kubernetesVersion: `v${kubernetesVersion}` }]);
}

/** The file for `kubeadm init --config`; it holds secrets. */
export function initConfig(options: InitOptions): string {
  const { spec, hosts, host, endpoint } = options;
  return render(spec, [
    {
      apiVersion: API_VERSION,
      kind: 'InitConfiguration',
      bootstrapTokens: [bootstrapToken(options.token)],
      ...(options.certificateKey === undefined ? {} : { certificateKey: options.certificateKey }),
      ...(options.skipPhases === undefined ? {} : { skipPhases: options.skipPhases }),
      nodeRegistration: nodeRegistration(spec, host),
      localAPIEndpoint: { advertiseAddress: host.internalAddress, bindPort: spec.kubernetes.apiServerPort },
    },
    {
      apiVersion: API_VERSION,
      kind: 'ClusterConfiguration',
      clusterName: spec.name,
      kubernetesVersion: `v${options.kubernetesVersion}`,
      controlPlaneEndpoint: endpoint,
      networking: {
        podSubnet: spec.cni.podCIDR,
        serviceSubnet: spec.kubernetes.serviceCIDR,
        dnsDomain: spec.kubernetes.dnsDomain,
      },
      apiServer: { certSANs: certificateNames(hosts, endpoint) },
    },
    kubeletConfiguration(hosts),
    kubeProxyConfiguration(hosts),
  ]);
}

/** What `kubeadm init phase addon kube-proxy` takes. */
export function kubeProxyAddonConfig({
  spec,
  hosts,
  kubernetesVersion,
  endpoint,
}: Pick<InitOptions, 'spec' | 'hosts' | 'kubernetesVersion' | 'endpoint'>): string {
  const networking = { podSubnet: spec.cni.podCIDR, serviceSubnet: spec.kubernetes.serviceCIDR };
  return render(spec, [
    {
      apiVersion: API_VERSION,
      kind: 'ClusterConfiguration',
      kubernetesVersion: `v${kubernetesVersion}`,
      controlPlaneEndpoint: endpoint,
      networking,
    },
    kubeProxyConfiguration(hosts),
  ]);
}

export interface JoinOptions {
  readonly spec: ClusterSpec;
  readonly host: Host;
  readonly endpoint: string;
  /** Secret. */
  readonly token: string;
  /** `sha256:<hex>` of the CA's public key. */
  readonly caHash: string;
  /** Secret; for control planes. */
  readonly certificateKey?: string | undefined;
}

/** The file for `kubeadm join --config`; it holds secrets. */
export function joinConfig({ spec, host, endpoint, token, caHash, certificateKey }: JoinOptions): string {
  return render(spec, [
    {
      apiVersion: API_VERSION,
      kind: 'JoinConfiguration',
      discovery: { bootstrapToken: { token, apiServerEndpoint: endpoint, caCertHashes: [caHash] } },
      nodeRegistration: nodeRegistration(spec, host),
      ...(host.isControlPlane
        ? {
            controlPlane: {
              localAPIEndpoint: {
                advertiseAddress: host.internalAddress,
                bindPort: spec.kubernetes.apiServerPort,
              },
              certificateKey,
            },
          }
        : {}),
    },
  ]);
}

/** The file for `kubeadm token create --config`, which keeps the token off the command line. */
export function tokenConfig(token: string): string {
  return stringify({
    apiVersion: API_VERSION,
    kind: 'InitConfiguration',
    bootstrapTokens: [bootstrapToken(token)],
  });
}

function nodeRegistration(spec: ClusterSpec, host: Host): Record<string, unknown> {
  const controlPlaneTaint = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };
  return {
    name: host.nodeName,
    criSocket: CRI_SOCKET,
    imagePullPolicy: 'IfNotPresent',
    taints: [...(host.isControlPlane ? [controlPlaneTaint] : []), ...host.spec.taints],
    kubeletExtraArgs: [{ name: 'node-ip', value: host.internalAddresses.join(',') }],
    ignorePreflightErrors: [
      ...(host.facts.cgroup === 'v1' ? ['SystemVerification'] : []),
      ...Object.entries(ownNames).flatMap(([id, name]) => (ignores(spec, id) ? [name] : [])),
    ],
  };
}

/** kubeadm's names of the findings that a user may have chosen to ignore. */
const ownNames = { cpu: 'NumCPU', memory: 'Mem', swap: 'Swap' } as const;

function ignores({ preflight }: ClusterSpec, id: string): boolean {
  return preflight.ignore.some((name) => name === id || name === 'all');
}

/** Every name and address under which a client may come to the API server. */
function certificateNames(hosts: readonly Host[], endpoint: string): readonly string[] {
  const controlPlanes = hosts.filter((host) => host.isControlPlane);
  const names = controlPlanes.flatMap((host) => [host.address, ...host.internalAddresses]);
  const name = endpoint.slice(0, endpoint.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1');
  return [...new Set([...names, name, '127.0.0.1'])];
}

/** User patches come last, so that nothing of ours is beyond the user's reach. */
function render(spec: ClusterSpec, documents: readonly Document[]): string {
  return documents
    .map((document) =>
      spec.kubernetes.kubeadmPatches
        .filter((patch) => patch.kind === document.kind)
        .reduce<unknown>((merged, patch) => mergePatch(merged, patch), document),
    )
    .map((document) => stringify(document, { aliasDuplicateObjects: false }))
    .join('---\n');
}
