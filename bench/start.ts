import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repository } from '../scripts/run.ts';

const LIMIT_MS = 500;

/** How long the Action's main step takes to its first line: without inputs, since what it says does not matter. */
export async function startIsQuick(rounds: number): Promise<boolean> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    const child = spawn(process.execPath, [join(repository, 'dist/main/index.js')], {
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    times.push(performance.now() - start);
    await once(child, 'close');
  }
  const middle = times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
  const told = `first line of the Action after ${middle.toFixed(0)} ms`;
  process.stdout.write(`${told} (median of ${String(rounds)}, to be at most ${String(LIMIT_MS)})\n`);
  return middle <= LIMIT_MS;
}
