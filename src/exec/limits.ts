import { BootstrapError } from '../lib/errors.ts';

export interface Limits {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** The error for the time being up. */
  readonly onTimeout: () => BootstrapError;
}

/**
 * Runs `work` under a signal that aborts with the caller's reason or, when time is up, with the timeout's error.
 * Rejects at once when that happens, without waiting for `work` to notice.
 */
export async function withLimits<T>(limits: Limits, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  limits.signal?.throwIfAborted();
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(limits.onTimeout());
  }, limits.timeoutMs);
  const onAbort = (): void => {
    controller.abort(limits.signal?.reason);
  };
  limits.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await untilAborted(work(controller.signal), controller.signal);
  } finally {
    clearTimeout(timer);
    limits.signal?.removeEventListener('abort', onAbort);
  }
}

/** The promise's outcome, or the signal's reason if that comes first. The promise's later rejection is swallowed. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}
