import { setTimeout as delay } from 'node:timers/promises';

/** Time as a dependency, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      throw signal?.aborted === true ? signal.reason : error;
    }
  },
};

/** Counts whole seconds down from now, to 1. */
export function countdown(clock: Clock, seconds: number): () => number {
  const end = clock.now() + seconds * 1000;
  return () => Math.max(1, Math.ceil((end - clock.now()) / 1000));
}
