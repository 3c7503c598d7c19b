import { BootstrapError } from '../lib/errors.ts';

const inFlight = new Map<string, Promise<void>>();

/**
 * Runs `work` unless the same is under way already; then waits for that one and shares its outcome. Another caller's
 * cancellation is not shared: then the work is done anew.
 *
 * @throws what `work` throws, or the reason of the caller's own signal.
 */
export async function shareUnless(
  key: string,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const running = inFlight.get(key);
    if (running === undefined) break;
    try {
      await orAborted(running, signal);
      return;
    } catch (error) {
      if (error instanceof BootstrapError && error.code !== 'E_CANCELLED' && error.code !== 'E_TIMEOUT')
        throw error;
    }
  }
  const own = work();
  inFlight.set(key, own);
  try {
    await own;
  } finally {
    inFlight.delete(key);
  }
}

async function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => {
    reject(signal.reason as Error);
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
