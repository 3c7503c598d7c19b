import { BootstrapError } from '../lib/errors.ts';

/** The part of `process` that signals come from. */
export interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

export interface Cancellation {
  readonly signal: AbortSignal;
  /** Like the promise, but rejects with `E_CANCELLED` when it has not settled `graceMs` after the first signal. */
  bounded<T>(promise: Promise<T>): Promise<T>;
  dispose(): void;
}

/** Turns SIGINT and SIGTERM into an abort; a second signal ends the wait at once. */
export function cancelOnSignals(source: SignalSource, graceMs: number): Cancellation {
  const controller = new AbortController();
  const reason = new BootstrapError('E_CANCELLED', 'the run was cancelled');
  let timer: NodeJS.Timeout | undefined;
  let giveUp: (error: BootstrapError) => void = () => undefined;
  const gaveUp = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  gaveUp.catch(() => undefined);
  const onSignal = (): void => {
    if (controller.signal.aborted) {
      giveUp(reason);
      return;
    }
    controller.abort(reason);
    timer = setTimeout(giveUp, graceMs, reason);
  };
  source.on('SIGINT', onSignal);
  source.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    bounded: (promise) => Promise.race([promise, gaveUp]),
    dispose: () => {
      clearTimeout(timer);
      source.off('SIGINT', onSignal);
      source.off('SIGTERM', onSignal);
    },
  };
}
