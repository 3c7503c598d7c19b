/** Where things are on a host. Everything here is removed by a reset. */
export const paths = {
  /** What survives a reboot: the host's state. */
  state: '/var/lib/k8s-bootstrap/state.json',
  stateDir: '/var/lib/k8s-bootstrap',
  /** Verified downloads on their way to their place. */
  staging: '/var/lib/k8s-bootstrap/artifacts',
  /** One file per installed artifact, holding its sha256. */
  installed: '/var/lib/k8s-bootstrap/installed',
  /** One file per name of an image of the user's that was loaded, holding the id of what it stood for. */
  images: '/var/lib/k8s-bootstrap/images',
  /** What a run needs while it lasts: configuration with secrets (0600), logs of long commands. */
  runDir: '/run/k8s-bootstrap',
  kubectlCache: '/run/k8s-bootstrap/kubectl-cache',
  lock: '/run/k8s-bootstrap.lock',
  bin: '/usr/local/bin',
  runc: '/usr/local/sbin/runc',
  cniBin: '/opt/cni/bin',
  cniConf: '/etc/cni/net.d',
  containerdConfig: '/etc/containerd/config.toml',
  registries: '/etc/containerd/certs.d',
  units: '/etc/systemd/system',
  sysctl: '/etc/sysctl.d/99-k8s-bootstrap.conf',
  modules: '/etc/modules-load.d/k8s-bootstrap.conf',
  resolvConf: '/etc/kubernetes/resolv.conf',
  adminConf: '/etc/kubernetes/admin.conf',
  kubeletConf: '/etc/kubernetes/kubelet.conf',
  caCert: '/etc/kubernetes/pki/ca.crt',
} as const;

/**
 * Directories that Kubernetes, its runtime and the CNIs fill. Preflight asks that they be absent or empty on a host
 * that is not ours, which is what allows a reset to empty them.
 */
export const ownedDirectories = [
  '/etc/kubernetes',
  '/etc/containerd',
  '/etc/cni',
  '/opt/cni',
  '/opt/containerd',
  '/var/lib/kubelet',
  '/var/lib/etcd',
  '/var/lib/containerd',
  '/var/lib/cni',
  '/var/log/pods',
  '/var/log/containers',
  '/run/containerd',
  '/run/nri',
  '/usr/libexec/kubernetes',
  '/run/kubernetes',
] as const;

/** @param more paths of the CNIs. @returns with `ownedDirectories` all that a cluster fills, nothing twice. */
export function clusterPaths(more: readonly string[]): readonly string[] {
  const outside = more.filter((path) => !ownedDirectories.some((owned) => path.startsWith(`${owned}/`)));
  return [...ownedDirectories, ...outside];
}

const programs = [
  'containerd',
  'containerd-shim-runc-v2',
  'containerd-stress',
  'ctr',
  'kubeadm',
  'kubelet',
  'kubectl',
];

/** Files that an install puts in place and a reset removes; a host that is not ours must not have any of them. */
export const ownFiles: readonly string[] = [
  ...programs.map((name) => `${paths.bin}/${name}`),
  paths.runc,
  `${paths.units}/containerd.service`,
  `${paths.units}/kubelet.service`,
  paths.sysctl,
  paths.modules,
];
