/** CPU architecture as Kubernetes names it. */
export type Arch = 'amd64' | 'arm64';

export interface Component {
  /** Name of the artifact. */
  readonly name: string;
  /** Upstream's URL without scheme; `version` has no `v`. */
  readonly upstream: (version: string, arch: Arch) => string;
}

const github = 'github.com';

/** What every host needs, and where its project publishes it. */
export const components = {
  kubeadm: kubernetesBinary('kubeadm'),
  kubelet: kubernetesBinary('kubelet'),
  kubectl: kubernetesBinary('kubectl'),
  containerd: {
    name: 'containerd',
    upstream: (version, arch) =>
      `${github}/containerd/containerd/releases/download/v${version}/containerd-${version}-linux-${arch}.tar.gz`,
  },
  runc: {
    name: 'runc',
    upstream: (version, arch) => `${github}/opencontainers/runc/releases/download/v${version}/runc.${arch}`,
  },
  cniPlugins: {
    name: 'cni-plugins',
    upstream: (version, arch) =>
      `${github}/containernetworking/plugins/releases/download/v${version}/cni-plugins-linux-${arch}-v${version}.tgz`,
  },
} satisfies Record<string, Component>;

/** Kubernetes' own programs, and where upstream has them: URLs without scheme. */
export function kubernetesPrograms(version: string, arch: Arch): readonly string[] {
  const { kubeadm, kubelet, kubectl } = components;
  return [kubeadm, kubelet, kubectl].map(({ upstream }) => upstream(version, arch));
}

/** The newest kind in the table, for machines that have none. */
export const defaultKind = '0.33.0';

/** The program that makes clusters in Docker. */
export const kindComponent: Component = {
  name: 'kind',
  upstream: (version, arch) =>
    `${github}/kubernetes-sigs/kind/releases/download/v${version}/kind-linux-${arch}`,
};

/** The program that renders charts on this machine. */
export const helmComponent: Component = {
  name: 'helm',
  upstream: (version, arch) => `get.helm.sh/helm-v${version}-linux-${arch}.tar.gz`,
};

export type ComponentName = keyof typeof components;

function kubernetesBinary(name: string): Component {
  return { name, upstream: (version, arch) => `dl.k8s.io/release/v${version}/bin/linux/${arch}/${name}` };
}
