import type { Engine } from '../engine/api.ts';
import type { SignalSource } from '../frontend/cancellation.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import type { SpecSource } from '../spec/load.ts';
import type { Output } from './terminal.ts';

/** What the entry hands in, and tests replace. */
export interface CliDependencies {
  readonly engine: Engine;
  readonly load: (source: SpecSource) => ClusterSpec;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signals: SignalSource;
  readonly stdout: Output;
  readonly stderr: Output;
  /** All of standard input. */
  readonly readStdin: () => string;
}
