import { versions } from '../versions.ts';

/** One Go module of the test bed's own (testbed/go/<dir>); the packages to build stand in its tools.go. */
export interface GoComponent {
  readonly dir: string;
  readonly expectedSeconds: number;
  readonly ldflags?: readonly string[];
  readonly tags?: readonly string[];
  /** Needs a C compiler; linked statically. */
  readonly cgo?: boolean;
  /** Names of the binaries where the last segment of the package isn't the wanted one. */
  readonly rename?: Readonly<Record<string, string>>;
}

export function kubernetes(version: string): GoComponent {
  const [major, minor] = version.split('.');
  return {
    dir: `kubernetes-${version}`,
    expectedSeconds: 520,
    ldflags: [
      `-X k8s.io/component-base/version.gitVersion=v${version}`,
      `-X k8s.io/component-base/version.gitMajor=${major ?? ''}`,
      `-X k8s.io/component-base/version.gitMinor=${minor ?? ''}`,
      '-X k8s.io/component-base/version.gitTreeState=clean',
      `-X k8s.io/client-go/pkg/version.gitVersion=v${version}`,
    ],
  };
}

export const containerd: GoComponent = {
  dir: `containerd-${versions.containerd}`,
  expectedSeconds: 85,
  ldflags: [
    `-X github.com/containerd/containerd/v2/version.Version=v${versions.containerd}`,
    '-X github.com/containerd/containerd/v2/version.Package=github.com/containerd/containerd/v2',
  ],
};

export const runc: GoComponent = {
  dir: `runc-${versions.runc}`,
  expectedSeconds: 30,
  tags: ['seccomp', 'netgo', 'osusergo'],
  ldflags: [`-X main.version=${versions.runc}`],
  cgo: true,
};

export const cniPlugins: GoComponent = {
  dir: `cni-plugins-${versions.cniPlugins}`,
  expectedSeconds: 10,
  ldflags: [
    `-X github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion=v${versions.cniPlugins}`,
  ],
};

export const flannelCniPlugin: GoComponent = {
  dir: `flannel-cni-plugin-${versions.flannelCniPlugin}`,
  expectedSeconds: 3,
};

export const flannel: GoComponent = {
  dir: `flannel-${versions.flannel}`,
  expectedSeconds: 100,
  ldflags: [`-X github.com/flannel-io/flannel/pkg/version.Version=v${versions.flannel}`],
  cgo: true,
  rename: { flannel: 'flanneld', install_conf: 'install-conf' },
};

export const etcd = (version: string): GoComponent => ({
  dir: `etcd-${version}`,
  expectedSeconds: 55,
  rename: { server: 'etcd' },
});

export const coredns = (version: string): GoComponent => ({
  dir: `coredns-${version}`,
  expectedSeconds: 60,
});

export const kind: GoComponent = { dir: `kind-${versions.kind}`, expectedSeconds: 8 };

export const criTools: GoComponent = {
  dir: `cri-tools-${versions.criTools}`,
  expectedSeconds: 120,
  ldflags: [`-X sigs.k8s.io/cri-tools/pkg/version.Version=v${versions.criTools}`],
};

export const localPathProvisioner: GoComponent = {
  dir: `local-path-provisioner-${versions.localPathProvisioner}`,
  expectedSeconds: 120,
};

export const envoy: GoComponent = {
  dir: 'envoy-stand-in',
  expectedSeconds: 10,
  rename: { 'envoy-stand-in': 'envoy' },
};

/** All programs of its two images, in one build: they share most of their packages. */
export const cilium: GoComponent = {
  dir: `cilium-${versions.cilium}`,
  expectedSeconds: 420,
  tags: ['osusergo', 'ipam_provider_operator'],
  ldflags: [`-X github.com/cilium/cilium/pkg/version.ciliumVersion=${versions.cilium}`],
  rename: {
    daemon: 'cilium-agent',
    operator: 'cilium-operator-generic',
    responder: 'cilium-health-responder',
    mount: 'cilium-mount',
    sysctlfix: 'cilium-sysctlfix',
  },
};

export const helm: GoComponent = {
  dir: `helm-${versions.helm}`,
  expectedSeconds: 120,
  ldflags: [`-X helm.sh/helm/v3/internal/version.version=v${versions.helm}`],
};

export const pause: GoComponent = { dir: 'pause', expectedSeconds: 2 };
export const noNames: GoComponent = { dir: 'no-names', expectedSeconds: 10 };
export const runcWrapper: GoComponent = { dir: 'runc-wrapper', expectedSeconds: 3 };
