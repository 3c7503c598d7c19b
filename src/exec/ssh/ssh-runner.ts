import { BootstrapError } from '../../lib/errors.ts';
import { holdProcess } from '../hold-process.ts';
import { untilAborted } from '../limits.ts';
import type { StartProcess } from '../process-handle.ts';
import { runProcess } from '../run-process.ts';
import type { FileContent, Held, Runner, RunOptions, RunResult, UploadOptions } from '../runner.ts';
import { uploadFile } from '../upload-file.ts';
import type { Connection } from './connection.ts';
import type { RootMethod } from './preamble.ts';
import { shellError, startRemote } from './start.ts';
import { sudoError } from './sudo.ts';

/** What a runner keeps of how it was connected. */
export interface SshSession {
  readonly address: string;
  readonly user: string;
  readonly where?: string | undefined;
  readonly root: RootMethod;
  readonly sudoPassword?: string | undefined;
  /** Connects to the same host anew, with the same checks. */
  readonly redial: (signal?: AbortSignal) => Promise<Connection>;
}

/**
 * Runs commands on a host over SSH. A command under way when the connection goes rejects with `E_LOST` and is never
 * run again by itself; the next one connects anew first.
 */
export class SshRunner implements Runner {
  readonly target: string;
  readonly #session: SshSession;
  #connection: Connection;
  #redialling: Promise<Connection> | undefined;
  readonly #closing = new AbortController();

  constructor(session: SshSession, connection: Connection) {
    this.target = session.address;
    this.#session = session;
    this.#connection = connection;
  }

  /** Whether the connection stands, as far as is known: a dead peer shows after 45 s at the latest. */
  get connected(): boolean {
    return this.#connection.alive;
  }

  run(argv: readonly string[], options?: RunOptions): Promise<RunResult> {
    return runProcess(this.target, this.#start, argv, options);
  }

  upload(content: FileContent, remotePath: string, options?: UploadOptions): Promise<void> {
    return uploadFile(this.target, this.#start, content, remotePath, options);
  }

  hold(argv: readonly string[], options?: Pick<RunOptions, 'sudo' | 'timeoutMs' | 'signal'>): Promise<Held> {
    return holdProcess(this.target, this.#start, argv, options);
  }

  /** Connects anew unless the connection stands. @throws E_LOST when that cannot be done in the time to connect. */
  async reconnect(signal: AbortSignal = new AbortController().signal): Promise<void> {
    await this.#connected(signal);
  }

  async close(): Promise<void> {
    this.#closing.abort(new BootstrapError('E_LOST', 'the connection was closed', { host: this.target }));
    await this.#redialling?.catch(() => undefined);
    await this.#connection.close();
  }

  readonly #start: StartProcess = async (argv, { env, sudo }, signal) => {
    const { address: host, user, where, root, sudoPassword: password } = this.#session;
    const context = { connection: await this.#connected(signal), host, user, where };
    const options = { env, root: sudo === true ? root : undefined, password };
    const outcome = await startRemote(context, argv, options, signal);
    if (outcome.started) return outcome.process;
    throw sudo === true && root !== 'none' ? sudoError(context, outcome) : shellError(context, outcome);
  };

  async #connected(signal: AbortSignal): Promise<Connection> {
    this.#closing.signal.throwIfAborted();
    if (this.#connection.alive) return this.#connection;
    this.#redialling ??= this.#redial().finally(() => {
      this.#redialling = undefined;
    });
    return await untilAborted(this.#redialling, signal);
  }

  async #redial(): Promise<Connection> {
    try {
      this.#connection = await this.#session.redial(this.#closing.signal);
      return this.#connection;
    } catch (error) {
      if (!(error instanceof BootstrapError) || error.code !== 'E_CONNECT') throw error;
      const message = `the SSH connection was lost and cannot be re-established: ${error.message}`;
      throw new BootstrapError('E_LOST', message, { host: this.target, hint: error.hint, cause: error });
    }
  }
}
