import type { Engine } from '../engine/api.ts';
import type { SignalSource } from '../frontend/cancellation.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import type { SpecSource } from '../spec/load.ts';
import type { CacheClient } from './cache-process.ts';
import type { Environment } from './environment.ts';

/** What the entries hand in, and tests replace. */
export interface ActionDependencies {
  readonly engine: Engine;
  readonly load: (source: SpecSource) => ClusterSpec;
  readonly env: Environment;
  readonly signals: SignalSource;
  /** Of the job's cache. */
  readonly cacheClient: CacheClient;
  /** How long a cancelled run may take to end by itself. The runner kills it 7.5 s after the first signal. */
  readonly graceMs: number;
}
