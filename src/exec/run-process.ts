import { Readable } from 'node:stream';
import { BootstrapError } from '../lib/errors.ts';
import { quoteCommand } from '../lib/quote.ts';
import { sanitizeLine } from '../lib/sanitize.ts';
import { BoundedOutput } from './bounded-output.ts';
import { CommandError } from './command-error.ts';
import { withLimits } from './limits.ts';
import { LineSplitter } from './line-splitter.ts';
import type { ProcessHandle, StartProcess } from './process-handle.ts';
import type { RunOptions, RunResult } from './runner.ts';

const DEFAULT_TIMEOUT_MS = 120_000;
const DEFAULT_OUTPUT_BYTES = 4 * 1024 * 1024;

/** RunOptions, with stdin as a stream as well. */
export type ProcessOptions = Omit<RunOptions, 'input'> & { readonly input?: RunOptions['input'] | Readable };

/** Runs a command to its end over any transport: the semantics of `Runner.run`. */
export async function runProcess(
  target: string,
  start: StartProcess,
  argv: readonly string[],
  options: ProcessOptions = {},
): Promise<RunResult> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const onTimeout = (): BootstrapError => timeoutError(target, argv, timeoutMs);
  const result = await withLimits({ timeoutMs, signal: options.signal, onTimeout }, async (signal) => {
    const process = await start(argv, options, signal);
    return await collect(process, options, signal);
  });
  const accept = options.accept ?? [0];
  if (accept !== 'any' && !accept.includes(result.exitCode)) throw new CommandError(target, argv, result);
  return result;
}

/** E_TIMEOUT for a command. */
export function timeoutError(target: string, argv: readonly string[], timeoutMs: number): BootstrapError {
  const command = sanitizeLine(quoteCommand(argv)).slice(0, 120);
  return new BootstrapError('E_TIMEOUT', `${command} did not end within ${String(timeoutMs / 1000)} s`, {
    host: target,
  });
}

async function collect(
  process: ProcessHandle,
  options: ProcessOptions,
  signal: AbortSignal,
): Promise<RunResult> {
  const stdout = gather(process.stdout, 'stdout', options, signal);
  const stderr = gather(process.stderr, 'stderr', options, signal);
  signal.addEventListener('abort', process.kill, { once: true });
  try {
    feed(process, options.input);
    const exitCode = await process.exited;
    if (signal.aborted) throw signal.reason;
    stdout.end();
    stderr.end();
    const truncated = stdout.kept.truncated || stderr.kept.truncated;
    return { exitCode, stdout: stdout.kept.text, stderr: stderr.kept.text, truncated };
  } finally {
    signal.removeEventListener('abort', process.kill);
  }
}

function gather(source: Readable, stream: 'stdout' | 'stderr', options: ProcessOptions, signal: AbortSignal) {
  const kept = new BoundedOutput(options.maxOutputBytes ?? DEFAULT_OUTPUT_BYTES);
  const { onLine } = options;
  const lines =
    onLine &&
    new LineSplitter((line) => {
      onLine(line, stream);
    });
  source.on('data', (chunk: Buffer) => {
    if (signal.aborted) return;
    kept.write(chunk);
    lines?.write(chunk);
  });
  // A listener alone does not start a stream that was paused.
  source.resume();
  return { kept, end: (): void => lines?.end() };
}

/** A command may end without reading its input, so that errors of writing say nothing: its exit code does. */
function feed(process: ProcessHandle, input: ProcessOptions['input']): void {
  const { stdin } = process;
  stdin.on('error', () => undefined);
  if (!(input instanceof Readable)) {
    stdin.end(input);
    return;
  }
  input.once('error', process.kill);
  void process.exited.catch(() => undefined).finally(() => input.destroy());
  input.pipe(stdin);
}
