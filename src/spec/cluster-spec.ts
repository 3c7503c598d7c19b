/**
 * What the user asked for, validated, with every default filled in, deeply frozen. Made by `spec/load.ts` alone.
 * Field names are those of the cluster file, which `schema/cluster.schema.json` describes.
 */
export interface ClusterSpec {
  readonly provider: ProviderName;
  /** Name of the kubeadm cluster and of the kubeconfig's context. Default `k8s-bootstrap`. */
  readonly name: string;
  readonly kubernetes: {
    /** As written by the user: `1.36.3`, `1.36`, `stable`, … Resolved by `artifacts/channel.ts`. */
    readonly version: string;
    /** Where versions and checksums come from: the tables, or upstream as well. Default `built-in`. */
    readonly channel: 'built-in' | 'online';
    /** As `cni.podCIDR`, of the same families. */
    readonly serviceCIDR: string;
    readonly dnsDomain: string;
    /** `host[:port]` under which clients reach the API server; default: the first control plane's address. */
    readonly controlPlaneEndpoint?: string;
    /** API server port. Default 6443. */
    readonly apiServerPort: number;
    /** Merged over the generated kubeadm documents last, by `kind`. */
    readonly kubeadmPatches: readonly KubeadmPatch[];
  };
  readonly cni: CniSpec;
  readonly ssh: SshSpec;
  readonly kind: KindSpec;
  /**
   * Control planes and workers in the order given; the first control plane initialises the cluster. For provider kind
   * these are the nodes to make: the address is the name of the node's container.
   */
  readonly hosts: readonly HostSpec[];
  readonly artifacts: ArtifactsSpec;
  /** Images of the runner to load into every node: names in its Docker, or paths of tars (`docker save`). */
  readonly images: readonly string[];
  /** Upstream registry name → URL of the mirror (`http(s)://host[:port][/v2/path]`). */
  readonly registryMirrors: Readonly<Record<string, string>>;
  readonly verify: VerifySpec;
  readonly timeouts: {
    /** Seconds for the whole run. Default 900. */
    readonly totalSec: number;
    /** Seconds for all nodes to be Ready and the CNI to be rolled out. Default 240. */
    readonly readySec: number;
    /** Seconds to reach a host by SSH. Default 60. */
    readonly connectSec: number;
  };
  readonly preflight: {
    /** Ids of preflight findings to take as warnings; `all` for every one. */
    readonly ignore: readonly string[];
  };
}

export type ProviderName = 'ssh' | 'kind';
export type HostRole = 'control-plane' | 'worker';

export interface KubeadmPatch {
  readonly kind:
    | 'InitConfiguration'
    | 'ClusterConfiguration'
    | 'JoinConfiguration'
    | 'KubeletConfiguration'
    | 'KubeProxyConfiguration';
  readonly [field: string]: unknown;
}

export interface CniSpec {
  /** A name of the CNI registry. */
  readonly name: string;
  /** `default` or a version the CNI knows. */
  readonly version: string;
  /** One block, or of each family one with a comma between them, the primary family's first: see `rangesOf`. */
  readonly podCIDR: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Only for `name: manifest`: path or URL. */
  readonly manifest?: string;
  /** Hex sha256 of the manifest; required for a URL. */
  readonly sha256?: string;
}

export interface SshSpec {
  readonly user: string;
  readonly port: number;
  /** Path of the private key. Exactly one of `keyFile` and `key` is set for provider ssh. */
  readonly keyFile?: string;
  /** The private key itself (from the Action's `ssh-key`); a secret. */
  readonly key?: string;
  /** A secret. */
  readonly passphrase?: string;
  /** Password for sudo where sudo asks for one; a secret. */
  readonly sudoPassword?: string;
  /** Path of a known_hosts file. */
  readonly knownHosts?: string;
  /** Lines of a known_hosts file, given directly. */
  readonly knownHostsText?: string;
  /** `strict` (default): a pinned key or nothing; `accept-new` trusts the first key seen; `off` trusts any. */
  readonly hostKeyChecking: 'strict' | 'accept-new' | 'off';
  readonly bastion?: BastionSpec;
}

/** Of no meaning for other providers. */
export interface KindSpec {
  /** Image of the nodes; default: the known one of the Kubernetes version. */
  readonly nodeImage?: string;
  /** Port of the API server on the machine; default: a free one. */
  readonly apiServerPort?: number;
  /** Ports of the first control plane that the machine publishes. */
  readonly portMappings: readonly PortMapping[];
}

export interface PortMapping {
  readonly hostPort: number;
  readonly containerPort: number;
  /** Default 127.0.0.1. */
  readonly listenAddress: string;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
}

export interface BastionSpec {
  readonly address: string;
  readonly user: string;
  readonly port: number;
  readonly keyFile?: string;
  readonly hostKey?: string;
}

export interface HostSpec {
  /** IP address or DNS name. */
  readonly address: string;
  readonly role: HostRole;
  /** Kubernetes node name; default: the host's own hostname. */
  readonly name?: string;
  readonly user: string;
  readonly port: number;
  readonly keyFile?: string;
  /** `SHA256:…` fingerprint of the host's key. */
  readonly hostKey?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Exact version of the kubelet, without `v`; default: the cluster's. */
  readonly kubeletVersion?: string;
  /**
   * Address the node uses inside the cluster, or of each family one with a comma between them; default: that of its
   * default route's interface, or the SSH target.
   */
  readonly internalAddress?: string;
}

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export interface ArtifactsSpec {
  /** Base URL; upstream's host name becomes the first path segment. Absent: upstream itself. */
  readonly mirror?: string;
  /** Path of a sha256sum file whose names are `<upstream host>/<path>`; takes precedence over the built-in table. */
  readonly checksums?: string;
  /** `auto`: hosts pull when all of them reach the source, else the runner pushes. */
  readonly distribution: 'auto' | 'push' | 'pull';
  /** Where the runner keeps downloads. Default: `~/.cache/k8s-bootstrap` or `$RUNNER_TOOL_CACHE`. */
  readonly cacheDir: string;
  readonly versions: {
    readonly containerd: string;
    readonly runc: string;
    readonly cniPlugins: string;
    /** Absent: the one on the PATH where it is new enough, else the newest known. */
    readonly kind?: string;
    readonly helm: string;
  };
}

export interface VerifySpec {
  /** nginx must run and answer on at least so many nodes. Default 2. */
  readonly minNodes: number;
  /** Ids of checks to run; `default` stands for the default set. */
  readonly checks: readonly string[];
  readonly images: { readonly nginx: string; readonly client: string };
  /** Seconds for the whole verification. Default 180. */
  readonly timeoutSec: number;
  /** Keep the verification's namespace afterwards. Default false. */
  readonly keep: boolean;
}
