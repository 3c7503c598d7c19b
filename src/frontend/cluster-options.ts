import type { Option } from './option.ts';

/** What cluster it shall be. */
export const clusterOptions: readonly Option[] = [
  {
    name: 'provider',
    field: 'provider',
    kind: 'text',
    placeholder: 'ssh|kind',
    description:
      '`ssh`: machines that are there (`hosts`); `kind`: containers of this machine’s own Docker. Default `ssh`.',
  },
  {
    name: 'cluster-name',
    field: 'name',
    kind: 'text',
    placeholder: 'NAME',
    description: 'Name of the cluster and of the kubeconfig’s context. Default `k8s-bootstrap`.',
  },
  {
    name: 'kubernetes-version',
    field: 'kubernetes.version',
    kind: 'text',
    placeholder: 'VERSION',
    description:
      'Kubernetes version: exact (`1.36.3`), a minor (`1.36`), `stable`, `latest` or `N-1`. Default `stable`.',
  },
  {
    name: 'kubernetes-channel',
    field: 'kubernetes.channel',
    kind: 'text',
    placeholder: 'built-in|online',
    description:
      'Where Kubernetes’ versions and checksums come from: `built-in`: k8s-bootstrap’s tables and `checksums`; `online`: dl.k8s.io as well. Default `built-in`.',
  },
  {
    name: 'control-plane-endpoint',
    field: 'kubernetes.controlPlaneEndpoint',
    kind: 'text',
    placeholder: 'HOST[:PORT]',
    description:
      'Name or address under which clients reach the API server. Default: the first control plane’s address.',
  },
  {
    name: 'service-cidr',
    field: 'kubernetes.serviceCIDR',
    kind: 'text',
    placeholder: 'CIDR',
    description:
      'Address range of Services. Default `10.96.0.0/16`, `fd00:10:96::/112` or both, by the families of `pod-cidr`.',
  },
  {
    name: 'kubeadm-patches',
    field: 'kubernetes.kubeadmPatches',
    kind: 'yaml',
    placeholder: 'YAML',
    flag: false,
    description:
      'YAML list of partial kubeadm documents, each with its `kind`, merged last over the generated ones (JSON merge patch).',
  },
  {
    name: 'cni',
    field: 'cni.name',
    kind: 'text',
    placeholder: 'NAME',
    description:
      'Container network: one of the CNIs that README and `up --help` list, or `manifest` for one of your own. Default `flannel`.',
  },
  {
    name: 'cni-version',
    field: 'cni.version',
    kind: 'text',
    placeholder: 'VERSION',
    description:
      'Version of the CNI. Default: the one that README and `up --help` name for it, as a rule the newest that is known.',
  },
  {
    name: 'cni-options',
    field: 'cni.options',
    kind: 'yaml',
    placeholder: 'YAML',
    description: 'YAML mapping of the CNI’s own options, such as `{backend: host-gw}`; see `docs/cni`.',
  },
  {
    name: 'cni-manifest',
    field: 'cni.manifest',
    kind: 'text',
    placeholder: 'PATH|URL',
    description: 'Path or URL of the manifest to install as the CNI. Implies `cni: manifest`.',
  },
  {
    name: 'cni-manifest-sha256',
    field: 'cni.sha256',
    kind: 'text',
    placeholder: 'HEX',
    description: 'SHA-256 of the CNI manifest; required for a URL.',
  },
  {
    name: 'pod-cidr',
    field: 'cni.podCIDR',
    kind: 'text',
    placeholder: 'CIDR',
    description:
      'Address range of pods; dual stack: of each IP family one, `10.244.0.0/16,fd00:10:244::/56`. Default `10.244.0.0/16`.',
  },
];
