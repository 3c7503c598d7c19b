import type { Kubectl } from '../kube/kubectl.ts';
import type { CheckResult, PodPlacement } from '../report/model.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';

/** What a check works with. */
export interface VerifyContext {
  readonly kubectl: Kubectl;
  readonly spec: ClusterSpec;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  /** Seconds left of `verify.timeoutSec`, at least 1. */
  readonly secondsLeft: () => number;
  /** nginx's pods that run, as the gate found them; checks that need them run after it. */
  pods: readonly PodPlacement[];
}

export type Observation = Pick<CheckResult, 'status' | 'observed'> &
  Partial<Pick<CheckResult, 'probes' | 'hint'>>;

/**
 * One thing to verify. A check that cannot find out says `error`, never `pass` or `fail`. One file per check in this
 * folder, one line in `index.ts`.
 */
export interface Check {
  readonly id: string;
  readonly title: string;
  /** What should be seen at these options. */
  expected(spec: ClusterSpec): string;
  observe(context: VerifyContext): Promise<Observation>;
}
