import { ActionProcess } from '../scripts/action-process.ts';
import { median } from './contest.ts';

const LIMIT_MS = 500;

/** How long the Action's main step takes until it has read its inputs and says what it is going to do. */
export async function startIsQuick(rounds: number): Promise<boolean> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(await firstLine());
  const middle = median(times);
  const told = `first line of the Action after ${middle.toFixed(0)} ms`;
  process.stdout.write(`${told} (median of ${String(rounds)}, to be at most ${String(LIMIT_MS)})\n`);
  return middle <= LIMIT_MS;
}

/** Milliseconds; the process ends with its first line, before it can ask Docker anything. */
async function firstLine(): Promise<number> {
  const seen = new AbortController();
  let time = Number.NaN;
  const start = performance.now();
  const action = new ActionProcess({ provider: 'kind', 'kubernetes-version': '1.36' }, (line) => {
    if (seen.signal.aborted) return;
    time = performance.now() - start;
    if (!line.startsWith('up: ')) throw new Error(`the Action began otherwise: ${line}`);
    seen.abort();
  });
  try {
    await action.run('main', {}, { killed: seen.signal });
  } finally {
    action.remove();
  }
  return time;
}
