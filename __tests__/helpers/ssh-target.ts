import { setImmediate as nextTurn } from 'node:timers/promises';
import { connectSsh, type ConnectOptions } from '../../src/exec/ssh/connect.ts';
import type { SshRunner } from '../../src/exec/ssh/ssh-runner.ts';
import type { SshTarget } from '../../src/exec/ssh/target.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { makeKey } from './ssh-keys.ts';
import type { TestSshServer } from './ssh-server.ts';

/** The key of the user in tests. */
export const userKey = makeKey();

/** A target for a test server, with its key pinned. */
export function targetOf(server: TestSshServer, changes: Partial<SshTarget> = {}): SshTarget {
  const { port, fingerprint: hostKey } = server;
  const login = { address: '127.0.0.1', port, user: 'me', privateKey: userKey.private };
  return { ...login, hostKey, hostKeyChecking: 'strict', where: 'hosts[0]', ...changes };
}

/** Waits are short, so that retries are quick. */
export function connectTo(target: SshTarget, changes: Partial<ConnectOptions> = {}): Promise<SshRunner> {
  const clock = {
    now: () => systemClock.now(),
    sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(1, signal),
  };
  return connectSsh(target, { timeoutMs: 5_000, clock, ...changes });
}

/** Resolves once a runner knows that its connection is gone. */
export async function lossOf(runner: SshRunner): Promise<void> {
  while (runner.connected) await nextTurn();
}

/** The error that a promise rejects with. */
export async function failureOf(
  promise: Promise<unknown>,
): Promise<Error & { code?: string; hint?: string }> {
  return await promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error as Error,
  );
}
