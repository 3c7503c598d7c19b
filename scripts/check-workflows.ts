import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { printToStderr } from '../testbed/src/progress.ts';
import { ensureTools } from '../tools/src/index.ts';
import { repository } from './run.ts';

const workflows = globSync(['.github/workflows/*.yml', 'examples/*.yml'], { cwd: repository }).sort();

const [actionlint = '', zizmor = ''] = await ensureTools(['actionlint', 'zizmor'], printToStderr);
const checks: readonly (readonly [program: string, ...args: string[]])[] = [
  // The same result on every machine, whether it has shellcheck and pyflakes or not.
  [actionlint, '-shellcheck=', '-pyflakes=', ...workflows],
  [
    zizmor,
    ...['--offline', '--no-progress', '--strict-collection', '--config', '.github/zizmor.yml'],
    ...[...workflows, 'action.yml', '.github/dependabot.yml'],
  ],
];
for (const [program, ...args] of checks) {
  const { status, error } = spawnSync(program, args, { cwd: repository, stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) process.exitCode = 1;
}
if (process.exitCode === undefined) console.log(`no findings in ${String(workflows.length)} workflows`);
