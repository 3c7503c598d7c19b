import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a JavaScript program of `node_modules` with this Node.js; its output goes where ours goes. */
export function runTool(program: string, args: readonly string[]): void {
  const path = join(repository, 'node_modules', program);
  const { status, error } = spawnSync(process.execPath, [path, ...args], {
    cwd: repository,
    stdio: 'inherit',
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with status ${String(status)}`);
}
