/** What the bed builds. How to add a version: testbed/README.md. */
export const versions = {
  debian: 'bookworm',
  containerd: '2.3.7',
  runc: '1.4.3',
  cniPlugins: '1.9.1',
  flannel: '0.28.9',
  flannelCniPlugin: '0.9.1',
  kind: '0.33.0',
  criTools: '1.37.0',
  localPathProvisioner: '0.0.30',
} as const;

interface KubernetesVersion {
  /** Modules behind the tags that this version's kubeadm asks for. */
  readonly etcd: string;
  readonly coredns: string;
}

export const kubernetesVersions: Readonly<Record<string, KubernetesVersion>> = {
  '1.36.3': { etcd: '3.6.8', coredns: '1.14.2' },
  '1.34.4': { etcd: '3.6.5', coredns: '1.12.1' },
};

export const defaultKubernetes = '1.36.3';

export function knownKubernetes(version: string): KubernetesVersion {
  const known = kubernetesVersions[version];
  if (known === undefined) {
    const all = Object.keys(kubernetesVersions).join(', ');
    throw new Error(
      `Kubernetes ${version} is not set up in the test bed (known: ${all}); see testbed/README.md`,
    );
  }
  return known;
}

export const minorOf = (version: string): string => version.split('.').slice(0, 2).join('.');
