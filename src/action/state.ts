import * as core from '@actions/core';

/** How far `main` came; empty when it never changed anything. */
export type RunPhase = '' | 'changing' | 'success' | 'failure' | 'cancelled' | 'reset';

/** What `main` tells `post`. The runner keeps it in a plain file: no secret may ever be part of it. */
export interface ActionState {
  readonly phase: RunPhase;
}

const KEY = 'phase';
const phases: readonly RunPhase[] = ['changing', 'success', 'failure', 'cancelled', 'reset'];

/** Replaces the state. */
export function saveState(state: ActionState): void {
  core.saveState(KEY, state.phase);
}

/** Reads what `main` saved last; only the post step sees it. */
export function readState(): ActionState {
  const saved = core.getState(KEY);
  return { phase: phases.find((phase) => phase === saved) ?? '' };
}
