import type { Readable, Writable } from 'node:stream';
import type { RunOptions } from './runner.ts';

/** A command that is running, whatever the transport. Its output has to be read, or it blocks. */
export interface ProcessHandle {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves with the exit code (128+n for signal n) once output has ended too; rejects with `E_LOST`. */
  readonly exited: Promise<number>;
  /** Gives the command up: signals it as far as the transport can, and lets go of it. */
  readonly kill: () => void;
}

export type StartOptions = Pick<RunOptions, 'sudo' | 'env'>;

/** Starts a command; an abort of the signal kills what was started. The one thing a transport has to bring. */
export type StartProcess = (
  argv: readonly string[],
  options: StartOptions,
  signal: AbortSignal,
) => Promise<ProcessHandle>;
