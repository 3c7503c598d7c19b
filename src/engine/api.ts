import type { RemoteCache } from '../artifacts/remote-cache.ts';
import type { Report } from '../report/model.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import type { EventSink } from './events.ts';

export type { RemoteCache } from '../artifacts/remote-cache.ts';

/** What Action and CLI call. Every function rejects with a BootstrapError only. */
export interface Engine {
  /** Brings the cluster up, or finds it up; verifies it. */
  up(spec: ClusterSpec, options: UpOptions): Promise<UpResult>;
  /** Takes the cluster off the hosts; each host is left as it was before. */
  down(spec: ClusterSpec, options: DownOptions): Promise<Report>;
  /** Takes back the join tokens of runs that were killed; hosts stay as they are. */
  revoke(spec: ClusterSpec, options: RunContext): Promise<Report>;
  /** Connects, reads facts, runs preflight and says what `up` would do. Changes nothing. */
  plan(spec: ClusterSpec, options: RunContext): Promise<Plan>;
  /** Verifies a cluster that is up. */
  verify(spec: ClusterSpec, options: RunContext): Promise<Report>;
  /** Reads nodes and pods of a cluster that is up. */
  nodes(spec: ClusterSpec, options: RunContext): Promise<Report>;
  /** Makes a new short-lived kubeconfig and writes it. */
  kubeconfig(spec: ClusterSpec, options: RunContext & { readonly kubeconfigPath: string }): Promise<void>;
}

export interface RunContext {
  readonly events: EventSink;
  /** Aborting cancels the run: no new step starts, running ones stop waiting. */
  readonly signal: AbortSignal;
}

export interface UpOptions extends RunContext {
  /** Where to write the kubeconfig (0600, by rename). */
  readonly kubeconfigPath: string;
  /** Called once before the first change to any host. */
  readonly beforeFirstChange?: () => void;
  /** Where what this machine downloads is kept between runs. Hosts that download themselves do not use it. */
  readonly remoteCache?: RemoteCache;
}

export interface DownOptions extends RunContext {
  /** `artifacts`: leave runtime, binaries and images for the next run, remove only the cluster. Default `nothing`. */
  readonly keep: 'nothing' | 'artifacts';
}

export interface UpResult {
  readonly report: Report;
  readonly kubeconfigPath: string;
}

export interface Plan {
  readonly report: Report;
  /** Everything that would be done, in order, by step. */
  readonly steps: readonly {
    readonly key: string;
    readonly title: string;
    readonly needs: readonly string[];
    readonly host?: string;
    readonly actions: readonly string[];
  }[];
}
