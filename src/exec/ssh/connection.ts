import { constants } from 'node:os';
import type { Client, ClientChannel } from 'ssh2';
import { BootstrapError } from '../../lib/errors.ts';
import { untilAborted } from '../limits.ts';
import type { ProcessHandle } from '../process-handle.ts';
import { SessionPool } from './session-pool.ts';

/** OpenSSH takes 10 sessions a connection by default; two stay for others. */
const MAX_SESSIONS = 8;
/** For saying good-bye to a peer that may be gone. */
const GRACE_MS = 2_000;

/** One authenticated SSH connection. */
export class Connection {
  readonly #client: Client;
  readonly #host: string;
  readonly #sessions = new SessionPool(MAX_SESSIONS);
  #alive = true;

  constructor(client: Client, host: string) {
    this.#client = client;
    this.#host = host;
    // Each session that is being opened listens for the end.
    client.setMaxListeners(0);
    client.once('close', () => {
      this.#alive = false;
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Executes a command line in the user's login shell. @throws E_LOST */
  async exec(line: string, signal: AbortSignal): Promise<ProcessHandle> {
    const release = await this.#sessions.acquire(signal);
    const opened = this.#open(line);
    void opened.then((process) => {
      void process.exited.catch(() => undefined).finally(release);
      if (signal.aborted) process.kill();
    }, release);
    return await untilAborted(opened, signal);
  }

  /** Ends the connection and resolves once it is gone. */
  async close(): Promise<void> {
    if (!this.#alive) return;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#client.once('close', () => {
      resolve(undefined);
    });
    this.#client.end();
    const timer = setTimeout(() => {
      this.#client.destroy();
      resolve(undefined);
    }, GRACE_MS);
    await promise;
    clearTimeout(timer);
  }

  #open(line: string): Promise<ProcessHandle> {
    return new Promise((resolve, reject) => {
      const lose = (cause?: Error): void => {
        reject(this.#lost(cause));
      };
      if (!this.#alive) {
        lose();
        return;
      }
      this.#client.once('close', lose);
      try {
        this.#client.exec(line, (error, channel) => {
          this.#client.removeListener('close', lose);
          if (error === undefined) resolve(this.#wrap(channel));
          else if (this.#alive) reject(this.#refused(error));
          else lose(error);
        });
      } catch (error) {
        lose(error as Error);
      }
    });
  }

  #wrap(channel: ClientChannel): ProcessHandle {
    const exited = new Promise<number>((resolve, reject) => {
      let exitCode: number | undefined;
      channel.once('exit', (code: number | null, signal?: string) => {
        exitCode = code ?? 128 + signalNumber(signal);
      });
      const settle = (): void => {
        if (exitCode === undefined) reject(this.#lost());
        else resolve(exitCode);
      };
      channel.once('close', () => {
        // The channel's own `close` waits for the end of stdout alone.
        if (channel.stderr.readableEnded) settle();
        else channel.stderr.once('end', settle);
      });
    });
    exited.catch(() => undefined);
    const kill = (): void => {
      try {
        channel.signal('TERM');
      } catch {
        // The channel is closed already.
      }
      // Nobody reads on, but a stream that is not read never closes.
      channel.resume();
      channel.stderr.resume();
      channel.close();
    };
    return { stdin: channel.stdin, stdout: channel, stderr: channel.stderr, exited, kill };
  }

  #refused(cause: Error): BootstrapError {
    return new BootstrapError('E_CONNECT', `the host opens no session: ${cause.message}`, {
      host: this.#host,
      cause,
      hint: "Is MaxSessions in the host's sshd_config below its default of 10?",
    });
  }

  #lost(cause?: Error): BootstrapError {
    const message = `the SSH connection was lost${cause === undefined ? '' : `: ${cause.message}`}`;
    return new BootstrapError('E_LOST', message, { host: this.#host, cause });
  }
}

/** Hosts of other systems know signals that this one does not. */
function signalNumber(name: string | undefined): number {
  return new Map<string | undefined, number>(Object.entries(constants.signals)).get(name) ?? 0;
}
