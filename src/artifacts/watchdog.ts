import type { Clock } from '../lib/clock.ts';
import { HttpError } from './http.ts';

export interface Watchdog {
  /** Aborts when the caller's signal does, or when too little arrives. */
  readonly signal: AbortSignal;
  /** Counts bytes that arrived. */
  readonly feed: (bytes: number) => void;
  readonly stop: () => void;
}

export interface WatchdogOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** In every period of so many milliseconds … */
  readonly idleMs: number;
  /** … so many bytes must arrive. */
  readonly minBytes: number;
}

/** Ends a transfer that trickles or stands still, however long a deadline the run has. */
export function startWatchdog({ clock, signal, idleMs, minBytes }: WatchdogOptions): Watchdog {
  const stopped = new AbortController();
  const slow = new AbortController();
  let arrived = 0;
  const watch = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const before = arrived;
      await clock.sleep(idleMs, stopped.signal);
      if (arrived - before < minBytes) {
        const what = `${String(arrived - before)} bytes in ${String(idleMs / 1000)} s`;
        slow.abort(new HttpError(`too slow: ${what}`, true));
        return;
      }
    }
  };
  // It ends by rejection when it is stopped, which is no error.
  watch().catch(() => undefined);
  return {
    signal: AbortSignal.any([signal, slow.signal]),
    feed: (bytes) => {
      arrived += bytes;
    },
    stop: () => {
      stopped.abort();
    },
  };
}
