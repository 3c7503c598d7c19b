import type { Facts } from '../host/facts.ts';
import type { KubeObject, Workload } from '../kube/objects.ts';
import type { Finding } from '../report/model.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';

/** Where a CNI's manifest comes from. */
export type ManifestSource =
  /** `<host>/<path>` upstream, with its checksum in the project's table or the user's. */
  | { readonly upstream: string; readonly sha256?: string }
  /** A file of the runner. */
  | { readonly path: string; readonly sha256?: string };

/** What a CNI leaves on a host, for its removal; names, never patterns, unless said otherwise. */
export interface CniTraces {
  /** Network interfaces; a trailing `*` matches a prefix. */
  readonly links: readonly string[];
  /** Prefixes of its iptables chains, and of the comments of rules in chains that are not its own. */
  readonly chains: readonly string[];
  /** `family name` of its nftables tables. */
  readonly nftTables: readonly string[];
  /** Absolute paths of files and directories outside of those every CNI uses. */
  readonly paths: readonly string[];
}

/** A container network. One file per CNI in this folder, one line in `index.ts`. */
export interface Cni {
  readonly name: string;
  readonly title: string;
  /** Newest first; the first is the default. Without `v`. Empty where versions mean nothing. */
  readonly versions: readonly string[];
  /** Stock plugins (`bridge`, `portmap` …) that it needs of a node and does not bring; undefined: it may be any. */
  readonly plugins: readonly string[] | undefined;
  /** Names of the options in `cni.options` that it understands. */
  readonly options: readonly string[];
  manifest(spec: ClusterSpec, version: string): ManifestSource;
  /**
   * The manifest's objects, wired to the spec.
   * @throws BootstrapError `E_SPEC` for options that do not fit, `E_CNI` for a manifest it does not recognise.
   */
  render(objects: readonly KubeObject[], spec: ClusterSpec): readonly KubeObject[];
  /** What must be rolled out before the network is called ready. */
  workloads(objects: readonly KubeObject[]): readonly Workload[];
  /** What it needs of a host and does not find. */
  preflight(facts: Facts, spec: ClusterSpec): readonly Finding[];
  readonly traces: CniTraces;
}
