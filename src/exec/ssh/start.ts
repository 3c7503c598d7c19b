import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { BootstrapError } from '../../lib/errors.ts';
import { sanitizeLine } from '../../lib/sanitize.ts';
import type { ProcessHandle } from '../process-handle.ts';
import type { Connection } from './connection.ts';
import { commandLine, skipNoise, type CommandLineOptions, type Noise } from './preamble.ts';

export interface StartContext {
  readonly connection: Connection;
  readonly host: string;
  readonly user: string;
  readonly where?: string | undefined;
}

/** The shell ended, or printed no end, without the command having begun. */
export interface NotStarted {
  readonly started: false;
  /** Absent when it had to be stopped. */
  readonly exitCode: number | undefined;
  /** What was printed instead. */
  readonly output: string;
}

export type Started = { readonly started: true; readonly process: ProcessHandle } | NotStarted;

export type StartRemoteOptions = CommandLineOptions & {
  /** For sudo, when the root method is to give it one. */
  readonly password?: string | undefined;
  /** The command reads nothing: sudo, should it not take the password, is not to wait for another. */
  readonly noInput?: boolean;
};

/** Starts a command on the host; resolves once it has begun, with streams that hold its own output alone. */
export async function startRemote(
  { connection }: StartContext,
  argv: readonly string[],
  options: StartRemoteOptions,
  signal: AbortSignal,
): Promise<Started> {
  const marker = `k8s-bootstrap-${randomBytes(8).toString('hex')}`;
  const process = await connection.exec(commandLine(argv, marker, options), signal);
  const onAbort = (): void => {
    process.kill();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    process.stdin.on('error', () => undefined);
    if (options.root === 'sudo-password') process.stdin.write(`${options.password ?? ''}\n${marker}\n`);
    if (options.noInput === true) process.stdin.end();
    const skip = async (stream: Readable): Promise<Noise> => {
      const noise = await skipNoise(stream, marker);
      if (!noise.found) process.kill();
      return noise;
    };
    const [stdout, stderr] = await Promise.all([skip(process.stdout), skip(process.stderr)]);
    if (stdout.found && stderr.found) return { started: true, process };
    const exitCode = await process.exited.catch((error: unknown) => {
      if (!connection.alive) throw error;
      return undefined;
    });
    if (signal.aborted) throw signal.reason;
    return { started: false, exitCode, output: `${stdout.text}\n${stderr.text}`.trim() };
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** E_SHELL for a login shell that did not let a command begin. */
export function shellError(
  { host, user, where }: StartContext,
  { exitCode, output }: NotStarted,
): BootstrapError {
  const ended = exitCode === undefined ? 'it does not stop printing' : `exit code ${String(exitCode)}`;
  const said = sanitizeLine(output).slice(0, 300);
  return new BootstrapError(
    'E_SHELL',
    `the login shell of ${user} runs no commands: ${ended}${said === '' ? '' : `, ${said}`}`,
    { host, where, hint: `Give ${user} a shell such as /bin/bash, and no forced command.` },
  );
}
