import { CommandError } from '../../exec/command-error.ts';
import type { Runner } from '../../exec/runner.ts';

/** A `kind create cluster` under way. Each promise rejects with what ended it too early. */
export interface Creation {
  /**
   * All containers run, and kind has configured containerd in them. Before, nothing may run in them: kind restarts
   * containerd if it sees a process of that name, which fails where systemd is not up yet (cgroup v1).
   */
  readonly prepared: Promise<void>;
  /** `kubeadm init` is done: the API server answers. */
  readonly initialised: Promise<void>;
  /** All nodes have joined. */
  readonly joined: Promise<void>;
  /** kind is gone, however it ended; never rejects. */
  readonly ended: Promise<unknown>;
}

export type Phase = 'prepare' | 'init' | 'join';

/** kind ended with an error. */
export class KindError extends Error {
  /** What it was at. */
  readonly phase: Phase;
  /** Everything it printed, kubeadm's own words among it: hostile. */
  readonly output: string;

  constructor(phase: Phase, output: string, cause: unknown) {
    super(`kind ended during ${phase}`, { cause });
    this.phase = phase;
    this.output = output;
  }
}

export interface CreateOptions {
  /** Path or name of the program. */
  readonly binary: string;
  readonly name: string;
  /** Holds secrets; goes by stdin. */
  readonly config: string;
  /** Where kind writes its own kubeconfig, which nobody uses; not the user's. */
  readonly kubeconfig: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

/** kind says ` ✓ Writing configuration 📜` and the like as it goes. Should another version say it otherwise, its end says it all. */
const ends: readonly { readonly sign: RegExp; readonly of: Phase }[] = [
  { sign: /✓ Writing configuration/, of: 'prepare' },
  { sign: /✓ Starting control-plane/, of: 'init' },
];

/** Nodes are kept when it fails: what is done with them is not kind's to decide, and they hold the reasons. */
export function createCluster(local: Runner, options: CreateOptions): Creation {
  const { binary, name, config, kubeconfig, timeoutMs, signal, onLine } = options;
  const stages = {
    prepare: Promise.withResolvers<undefined>(),
    init: Promise.withResolvers<undefined>(),
    join: Promise.withResolvers<undefined>(),
  };
  let phase: Phase = 'prepare';
  const seen = (line: string): void => {
    for (const { sign, of } of ends) {
      if (!sign.test(line)) continue;
      stages[of].resolve(undefined);
      phase = of === 'prepare' ? 'init' : 'join';
    }
    if (line.trim() !== '') onLine(line.trim());
  };
  const argv = [binary, 'create', 'cluster', '--name', name, '--config', '-', '--retain'];
  const run = local.run([...argv, '--kubeconfig', kubeconfig], {
    input: config,
    timeoutMs,
    signal,
    onLine: seen,
  });
  for (const stage of Object.values(stages)) {
    // Whoever waits for a stage hears of it there; the others must not count as unhandled.
    stage.promise.catch(() => undefined);
    run.then(
      () => {
        stage.resolve(undefined);
      },
      (error: unknown) => {
        stage.reject(
          error instanceof CommandError ? new KindError(phase, error.result.stderr, error) : error,
        );
      },
    );
  }
  return {
    prepared: stages.prepare.promise,
    initialised: stages.init.promise,
    joined: stages.join.promise,
    ended: run.catch(() => undefined),
  };
}
