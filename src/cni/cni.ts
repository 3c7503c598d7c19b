import type { TouchedSysctl } from '../host/facts-script.ts';
import type { Facts } from '../host/facts.ts';
import type { HostMounts } from '../host/mounts.ts';
import type { RouteTraces } from '../host/reset/routes.ts';
import type { NetworkTraces } from '../host/reset/traces.ts';
import type { KubeObject, Workload } from '../kube/objects.ts';
import type { Finding } from '../report/model.ts';
import type { Family } from '../lib/ip.ts';
import type { CniProblem } from '../spec/checks/cni.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import type { CniOptions } from './options.ts';

/** Where some of a CNI's objects come from. */
export type CniSource =
  /** A manifest: `<host>/<path>` upstream, with its checksum in the project's table or the user's. */
  | { readonly upstream: string; readonly sha256?: string }
  /** A manifest that is a file of the runner. */
  | { readonly path: string; readonly sha256?: string }
  /** A Helm chart: `<host>/<path>` of its archive upstream, rendered with these values. */
  | {
      readonly chart: string;
      readonly release: string;
      readonly namespace: string;
      readonly values: Readonly<Record<string, unknown>>;
    };

/** What is known when a CNI is chosen and before any host is changed. */
export interface CniContext {
  readonly spec: ClusterSpec;
  /** Of the CNI, one of `versions`; `''` where versions mean nothing. */
  readonly version: string;
  /** Without `v`; `''` where only a node image knows it. */
  readonly kubernetesVersion: string;
  /** Where nodes reach the API server, Services left aside. */
  readonly apiServer: { readonly host: string; readonly port: number };
}

/** What a CNI leaves on a host, for its removal. */
export interface CniTraces extends NetworkTraces, RouteTraces {
  /** Absolute paths of files and directories outside of those every CNI uses. */
  readonly paths: readonly string[];
  /** Kernel values that it sets and no other part of a node does, such as `net.ipv4.fib_multipath_use_neigh`. */
  readonly sysctls?: readonly TouchedSysctl[];
  /** API groups of custom resources that it defines by itself, such as `cilium.io`. */
  readonly apiGroups?: readonly string[];
  /** Keys of taints that it puts on nodes. */
  readonly taints?: readonly string[];
}

/** A port that a CNI listens at on every node. */
export interface CniPort {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** What for, such as `VXLAN`. */
  readonly purpose: string;
  /** Of the nodes' addresses that it is reached at in a cluster of both families. Default: each of them. */
  readonly family?: Family | 'primary';
}

/** A range of pods that a manifest names. */
export interface PodRange {
  /** Where it does, such as `IPALLOC_RANGE`. */
  readonly where: string;
  readonly cidr: string;
  /** Whether nodes' own ranges have to be in it; else the CNI hands out addresses of it, whatever nodes have. */
  readonly holdsNodes: boolean;
}

/** What somebody says of a CNI with Kubernetes versions. */
export interface KubernetesClaim {
  /** Versions of the CNI that it is about: those that begin so (`3.32.`); `''`: all. */
  readonly cni: string;
  /** Minors from the first to the last, `1.34`; undefined: no end is named. */
  readonly from?: string;
  readonly to?: string;
  /**
   * `tested`: good within, unknown outside; `broken`: not to be used within; `passed`: good within, as somebody saw who was
   * not asked about others.
   */
  readonly claim: 'tested' | 'passed' | 'broken';
  /** Who says so, for people to look it up. */
  readonly source: string;
}

/** How a CNI is asked what it thinks of itself, once something went wrong. */
export interface CniDiagnostics {
  /** Labels of its pods on nodes. */
  readonly selector: string;
  readonly container: string;
  /** Run inside; they only look. */
  readonly commands: readonly (readonly string[])[];
}

/** What of a host's facts its CNI may go by. Of kind's nodes no more is known before they are there. */
export type CniFacts = Pick<Facts, 'kernel' | 'filesystems' | 'features' | 'iptables' | 'tools' | 'cloud'> & {
  /** The interfaces that have the node's addresses, of the cluster's families in their order. */
  readonly nodeLinks?: readonly string[];
};

/** A container network. One file per CNI in this folder, one line in `index.ts`. */
export interface Cni {
  readonly name: string;
  readonly title: string;
  /** Newest first, without `v`. Empty where versions mean nothing. */
  readonly versions: readonly string[];
  /** One of `versions`, where the newest is not what to take by default. */
  readonly defaultVersion?: string;
  /** Stock plugins (`bridge`, `portmap` …) that it needs of a node and does not bring; undefined: it may be any. */
  readonly plugins: readonly string[] | undefined;
  /** What it needs of a host and a host can be given. Default: nothing. */
  readonly host?: Partial<HostMounts>;
  readonly options: CniOptions;
  /** What it does instead of options that others have, to follow its name: `always enforces network policies`. */
  readonly instead?: Readonly<Record<string, string>>;
  /** What is said of it with versions of Kubernetes; the first that fits counts. */
  readonly kubernetes: readonly KubernetesClaim[];
  /** What its options say together, or with the rest of the spec, that no schema of one of them can. */
  problems?(spec: ClusterSpec): readonly CniProblem[];
  /** All that it consists of, in the order in which it is applied. */
  sources(context: CniContext): readonly CniSource[];
  /**
   * The sources' objects, wired to the spec.
   * @throws BootstrapError `E_CNI` for a manifest it does not recognise.
   */
  render(objects: readonly KubeObject[], context: CniContext): readonly KubeObject[];
  /**
   * What must be rolled out before the network is called ready, in the order in which it is waited for. What is not among
   * the objects is made by one that is, and waited for as well.
   */
  workloads(objects: readonly KubeObject[]): readonly Workload[];
  /** Images that no object names, of pods that one of them makes. */
  images?(context: CniContext): readonly string[];
  /** Whether it does kube-proxy's work with these options, so that kubeadm is not to install that. */
  replacesKubeProxy?(spec: ClusterSpec): boolean;
  /** Where nodes must reach each other with these options. */
  ports(spec: ClusterSpec): readonly CniPort[];
  /** Where else it listens on a host, for nobody but that host. Default: nowhere. */
  hostPorts?(spec: ClusterSpec): readonly CniPort[];
  /** What it needs of a host and does not find. */
  preflight(facts: CniFacts, spec: ClusterSpec): readonly Finding[];
  /** What is to be said of the choice itself, whatever the hosts are. */
  notices?(context: CniContext): readonly Finding[];
  readonly diagnostics?: CniDiagnostics;
  /** What its objects say of pods' addresses, where `render` does not see to it. */
  podRanges?(objects: readonly KubeObject[]): readonly PodRange[];
  readonly traces: CniTraces;
}
