import type { Clock } from './clock.ts';

export interface RetryOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds from now in which everything, waits included, has to happen. Default: no limit. */
  readonly deadlineMs?: number;
  /** Calls in all. Default: no limit. */
  readonly attempts?: number;
  /** The first wait is at most this long, and each later one at most twice the one before. Default 500. */
  readonly baseMs?: number;
  /** Longest wait. Default 10 000. */
  readonly maxMs?: number;
  /** Whether an error is worth another call. */
  readonly retryable: (error: unknown) => boolean;
  /** For tests. Default `Math.random`. */
  readonly random?: () => number;
}

/**
 * Calls `fn` until it succeeds, waiting between calls with exponential backoff and full jitter.
 *
 * @throws the last error of `fn`, or the signal's reason.
 */
export async function retry<T>(fn: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, signal, retryable, random = Math.random } = options;
  if (options.deadlineMs === undefined && options.attempts === undefined) {
    throw new TypeError('retry needs a deadline or a number of attempts');
  }
  const end = clock.now() + (options.deadlineMs ?? Infinity);
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await fn(attempt);
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      if (!retryable(error) || attempt >= (options.attempts ?? Infinity)) throw error;
      const wait = random() * backoff(attempt, options);
      if (clock.now() + wait >= end) throw error;
      await clock.sleep(wait, signal);
    }
  }
}

function backoff(attempt: number, { baseMs = 500, maxMs = 10_000 }: RetryOptions): number {
  return Math.min(maxMs, baseMs * 2 ** (attempt - 1));
}
