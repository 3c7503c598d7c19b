import { sanitizeLine } from '../lib/sanitize.ts';
import { BoundedOutput } from './bounded-output.ts';
import { CommandError } from './command-error.ts';
import { withLimits } from './limits.ts';
import { LineSplitter } from './line-splitter.ts';
import type { ProcessHandle, StartProcess } from './process-handle.ts';
import { timeoutError } from './run-process.ts';
import type { Held, RunOptions } from './runner.ts';

const DEFAULT_TIMEOUT_MS = 120_000;
const GRACE_MS = 5_000;
/** How often the command is told on its stdin that it is still wanted. */
const HEARTBEAT_MS = 10_000;
const KEEP_STDERR = 64 * 1024;

/** Starts a command that lives until its stdin is closed, over any transport: the semantics of `Runner.hold`. */
export async function holdProcess(
  target: string,
  start: StartProcess,
  argv: readonly string[],
  options: Pick<RunOptions, 'sudo' | 'timeoutMs' | 'signal'> = {},
): Promise<Held> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const limits = {
    timeoutMs,
    signal: options.signal,
    onTimeout: () => timeoutError(target, argv, timeoutMs),
  };
  return await withLimits(limits, async (signal) => {
    const process = await start(argv, options, signal);
    signal.addEventListener('abort', process.kill, { once: true });
    try {
      const firstLine = await readFirstLine(target, argv, process);
      return makeHandle(process, firstLine);
    } finally {
      signal.removeEventListener('abort', process.kill);
    }
  });
}

/** The first line of stdout; when the command ends without one, its stderr says why. */
async function readFirstLine(
  target: string,
  argv: readonly string[],
  process: ProcessHandle,
): Promise<string> {
  const stderr = new BoundedOutput(KEEP_STDERR);
  process.stdin.on('error', () => undefined);
  process.stderr.on('data', (chunk: Buffer) => {
    stderr.write(chunk);
  });
  const line = new Promise<string>((resolve) => {
    const lines = new LineSplitter(resolve);
    process.stdout.on('data', (chunk: Buffer) => {
      lines.write(chunk);
    });
  });
  // Listeners alone do not start streams that were paused.
  process.stdout.resume();
  process.stderr.resume();
  const ended = process.exited.then((exitCode) => {
    throw new CommandError(target, argv, { exitCode, stdout: '', stderr: stderr.text, truncated: false });
  });
  return sanitizeLine(await Promise.race([line, ended]));
}

function makeHandle(process: ProcessHandle, firstLine: string): Held {
  let closing = false;
  const heartbeat = setInterval(() => process.stdin.write('.'), HEARTBEAT_MS);
  const stop = (): void => {
    clearInterval(heartbeat);
  };
  const ended = process.exited.then(stop, stop);
  const lost = new Promise<void>((resolve) => {
    void ended.then(() => {
      if (!closing) resolve();
    });
  });
  const close = async (): Promise<void> => {
    closing = true;
    stop();
    process.stdin.end();
    // A peer that is gone acknowledges nothing, so that the end is not waited for beyond this.
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => {
      process.kill();
      resolve(undefined);
    }, GRACE_MS);
    await Promise.race([ended, late]);
    clearTimeout(timer);
  };
  return { firstLine, lost, close };
}
