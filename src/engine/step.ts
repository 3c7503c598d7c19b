import type { StepInfo } from './events.ts';
import type { Cluster } from './cluster.ts';
import type { Host } from '../host/host.ts';

/** Where a step runs: once, or once per host of the given kind. `first` is the control plane that initialises. */
export type StepScope = 'cluster' | 'hosts' | 'first' | 'others';

/** What a step tells when it went well. Nothing returned means that it changed something. */
export interface StepResult {
  readonly changed: boolean;
  /** One short phrase for people: what was found or done. */
  readonly note?: string;
}

export interface StepTools {
  /** Aborts when the run is cancelled, a sibling failed or the deadline passed. */
  readonly signal: AbortSignal;
  /** A line for whoever watches. */
  readonly log: (line: string) => void;
}

interface StepBase {
  /** Public, kebab-case. */
  readonly id: string;
  readonly title: string;
  /**
   * Ids of the steps it waits for: of a per-host step, the instance of the same host where there is one, else all.
   * Ids that the graph does not hold are ignored, so that graphs can share steps.
   */
  readonly needs: readonly string[];
  /** Runs even after a failure or a cancellation, once its needs ended: for what must be given back. */
  readonly always?: boolean;
}

export interface ClusterStep extends StepBase {
  readonly scope: 'cluster';
  run(cluster: Cluster, tools: StepTools): Promise<StepResult | undefined>;
  /** What it would do, for `plan`. */
  describe?(cluster: Cluster): readonly string[];
}

export interface HostStep extends StepBase {
  readonly scope: Exclude<StepScope, 'cluster'>;
  run(cluster: Cluster, host: Host, tools: StepTools): Promise<StepResult | undefined>;
  describe?(cluster: Cluster, host: Host): readonly string[];
}

export type Step = ClusterStep | HostStep;

/** One node of the graph: a step, and the host it is for. */
export interface StepInstance {
  readonly info: StepInfo;
  readonly always: boolean;
  run(tools: StepTools): Promise<StepResult | undefined>;
  describe(): readonly string[];
}
