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
  cilium: '1.19.6',
  helm: '3.22.0',
} as const;

interface KubernetesVersion {
  /** Modules behind the tags that this version's kubeadm asks for. */
  readonly etcd: string;
  readonly coredns: string;
}

/** Newest first. */
export const kubernetesVersions: Readonly<Record<string, KubernetesVersion>> = {
  '1.37.2': { etcd: '3.7.0', coredns: '1.14.6' },
  '1.36.3': { etcd: '3.6.8', coredns: '1.14.2' },
  '1.35.4': { etcd: '3.6.6', coredns: '1.13.1' },
  '1.34.4': { etcd: '3.6.5', coredns: '1.12.1' },
};

/** What `stable` means to the product. */
export const defaultKubernetes = '1.37.2';

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

/** Flannel is there always, the others are built where they are asked for. */
const cniNames = ['flannel', 'cilium'] as const;
export type BedCni = (typeof cniNames)[number];
export const defaultCni: BedCni = 'flannel';

/** `cni.options` that a CNI needs with the bed's images and on the bed's hosts. */
export const cniOptions: Readonly<Record<BedCni, Readonly<Record<string, unknown>>>> = {
  flannel: {},
  // Envoy is not to be had, and images have digests of the bed's own. Privileged containers get the capabilities that
  // the machine has; by name they would ask for CAP_SYS_RESOURCE, which it may lack.
  cilium: { l7Proxy: false, useDigest: false, values: { securityContext: { privileged: true } } },
};

export function knownCni(name: string): BedCni {
  const known = cniNames.find((one) => one === name);
  if (known === undefined) {
    throw new Error(`the test bed does not have ${name}, only ${cniNames.join(', ')}`);
  }
  return known;
}
