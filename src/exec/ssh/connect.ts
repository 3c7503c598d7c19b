import type { Clock } from '../../lib/clock.ts';
import { BootstrapError } from '../../lib/errors.ts';
import { retry } from '../../lib/retry.ts';
import { withLimits } from '../limits.ts';
import { runProcess } from '../run-process.ts';
import { Connection } from './connection.ts';
import { DialError } from './dial-error.ts';
import { parseKnownHosts } from './known-hosts.ts';
import { parsePrivateKey } from './private-key.ts';
import { dialRoute, type Hop, type Route } from './route.ts';
import { SshRunner } from './ssh-runner.ts';
import { shellError, startRemote, type StartContext } from './start.ts';
import { detectRootMethod } from './sudo.ts';
import type { SshEndpoint, SshTarget } from './target.ts';

export interface ConnectOptions {
  /** Milliseconds for everything: retries, bastion, finding out about shell and sudo. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly clock: Clock;
  /** Told whenever a host key is taken unverified, and of lines in known_hosts that are ignored. */
  readonly onWarning?: ((message: string, host: string) => void) | undefined;
}

/** One handshake may not use up the time for all tries. */
const ATTEMPT_MS = 20_000;

/**
 * Logs in, and finds out how to run commands and how to become root. What may pass by itself is tried again until
 * time is up; a refused key once more; a wrong host key never.
 *
 * @throws E_CONNECT, E_AUTH, E_KEY, E_ALGO, E_HOSTKEY, E_HOST_UNKNOWN, E_SHELL, E_SUDO
 */
export async function connectSsh(target: SshTarget, options: ConnectOptions): Promise<SshRunner> {
  const { address, user, where, sudoPassword } = target;
  let route: Route = {
    host: prepareHop(target, options),
    bastion: target.bastion && prepareHop(target.bastion, options),
  };
  let last: BootstrapError | undefined;
  const onTimeout = () => last ?? connectTimeout(target, options);
  const onFailure = (error: BootstrapError): void => {
    last = error;
  };
  const redial = async (outer?: AbortSignal): Promise<Connection> => {
    last = undefined;
    const limits = { timeoutMs: options.timeoutMs, signal: outer, onTimeout };
    const dialled = await withLimits(limits, (signal) =>
      dialWithRetry(route, { ...options, signal, onFailure }),
    );
    for (const warning of dialled.warnings) options.onWarning?.(warning, address);
    // Trust on first use ends with the first use.
    if (target.hostKeyChecking === 'accept-new') route = pin(route, dialled.fingerprint);
    return new Connection(dialled.client, address);
  };
  return await withLimits({ ...options, onTimeout }, async (signal) => {
    const connection = await redial(signal);
    try {
      const context = { connection, host: address, user, where };
      const root = await explore(context, sudoPassword, signal);
      return new SshRunner({ address, user, where, root, sudoPassword, redial }, connection);
    } catch (error) {
      await connection.close();
      throw error;
    }
  });
}

interface DialRetryOptions extends ConnectOptions {
  readonly signal: AbortSignal;
  /** Told of each failure that is tried again. */
  readonly onFailure: (error: BootstrapError) => void;
}

async function dialWithRetry(route: Route, { clock, timeoutMs, signal, onFailure }: DialRetryOptions) {
  const end = clock.now() + timeoutMs;
  let refusals = 0;
  return await retry(
    () => {
      const left = Math.max(1, Math.min(ATTEMPT_MS, end - clock.now()));
      return dialRoute(route, { timeoutMs: left, signal });
    },
    {
      clock,
      signal,
      deadlineMs: timeoutMs,
      retryable: (error) => {
        if (!(error instanceof DialError)) return false;
        onFailure(error);
        if (error.retry === 'once') refusals += 1;
        return error.retry === 'always' || (error.retry === 'once' && refusals < 2);
      },
    },
  );
}

function prepareHop(endpoint: SshEndpoint, { onWarning }: ConnectOptions): Hop {
  const { address, port, hostKey, where, hostKeyChecking: mode } = endpoint;
  const knownHosts = endpoint.knownHosts === undefined ? undefined : parseKnownHosts(endpoint.knownHosts);
  for (const note of knownHosts?.notes ?? []) onWarning?.(note, address);
  return {
    user: endpoint.user,
    key: parsePrivateKey(endpoint.privateKey, endpoint.passphrase, where),
    policy: { address, port, mode, hostKey, knownHosts, where },
  };
}

function pin(route: Route, hostKey: string): Route {
  return { ...route, host: { ...route.host, policy: { ...route.host.policy, hostKey } } };
}

function connectTimeout({ address, where }: SshTarget, { timeoutMs }: ConnectOptions): BootstrapError {
  return new BootstrapError('E_CONNECT', `no SSH connection within ${String(timeoutMs / 1000)} s`, {
    host: address,
    where,
    hint: 'Is the address right, the host up, and the port open for this runner?',
  });
}

async function explore(context: StartContext, password: string | undefined, signal: AbortSignal) {
  const { stdout } = await runProcess(
    context.host,
    async (argv) => {
      const outcome = await startRemote(context, argv, {}, signal);
      if (!outcome.started) throw shellError(context, outcome);
      return outcome.process;
    },
    ['id', '-u'],
    { signal },
  );
  return await detectRootMethod(context, Number(stdout), password !== undefined, async (root) => {
    const outcome = await startRemote(context, ['true'], { root, password, noInput: true }, signal);
    if (!outcome.started) return outcome;
    outcome.process.stdout.resume();
    outcome.process.stderr.resume();
    await outcome.process.exited;
    return undefined;
  });
}
