import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { temporaryFile } from './bed.ts';

const bundle = join(import.meta.dirname, '../../../dist/cli/index.js');

export interface CliResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each line of stdout as it comes. */
  readonly onLine?: (line: string) => void;
}

/** Runs the bundled command line as a process, as its users do. */
export async function cli(
  args: readonly string[],
  { env = {}, onLine }: CliOptions = {},
): Promise<CliResult> {
  const child = spawn(process.execPath, [bundle, ...args], {
    // What goes by default into the working directory is as temporary as the rest.
    cwd: dirname(temporaryFile('working-directory', '')),
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    stdout += `${line}\n`;
    onLine?.(line);
  });
  child.stderr.on('data', (data: Buffer) => {
    stderr += data.toString();
  });
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stdout, stderr };
}
