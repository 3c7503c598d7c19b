import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { delimiter } from 'node:path';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  /** Both streams are appended here; the answer then holds standard output all the same. */
  readonly log?: string;
}

export class CommandError extends Error {
  readonly exitCode: number | null;
  constructor(command: string, exitCode: number | null, output: string, log: string | undefined) {
    const where = log === undefined ? '' : `\n(whole log: ${log})`;
    const tail = output.trimEnd().split('\n').slice(-30).join('\n');
    super(`command failed with exit code ${String(exitCode)}: ${command}\n${tail}${where}`);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}

const running = new Set<ChildProcess>();

/** `su` without `-` leaves out where Debian has debootstrap, dockerd and chroot. */
export const searchPath = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'].join(
  delimiter,
);

/** A build must not go on without the one that keeps its result, nor may what it has started. */
export function killRunning(): void {
  for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGTERM');
}

/** Runs a program without a shell, and answers with its standard output. */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, PATH: searchPath, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A process group of its own, so that it can be ended as a whole.
    detached: true,
  });
  running.add(child);
  child.once('close', () => running.delete(child));
  const log = options.log === undefined ? undefined : createWriteStream(options.log, { flags: 'a' });
  log?.write(`+ ${[program, ...args].join(' ')}\n`);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  for (const [stream, kept] of [
    [child.stdout, out],
    [child.stderr, err],
  ] as const) {
    stream.on('data', (chunk: Buffer) => {
      kept.push(chunk);
      log?.write(chunk);
    });
  }
  // A program that ends without reading its input is judged by its exit code, not by the broken pipe.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input);
  const [code] = (await once(child, 'close')) as [number | null];
  if (log !== undefined) {
    log.end();
    await once(log, 'finish');
  }
  const stdout = Buffer.concat(out).toString('utf8');
  if (code !== 0) {
    const shown =
      options.log === undefined
        ? stdout + Buffer.concat(err).toString('utf8')
        : readFileSync(options.log, 'utf8');
    throw new CommandError([program, ...args].join(' '), code, shown, options.log);
  }
  return stdout;
}

/** Runs a program of which only the success matters. */
export async function succeeds(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<boolean> {
  return run(program, args, options).then(
    () => true,
    () => false,
  );
}
