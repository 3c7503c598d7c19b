import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '../paths.ts';

/** Removes what builds left behind that were killed: names there end with the id of the process that builds. */
export function sweepTemporary(): void {
  const dir = join(cacheDir, 'tmp');
  if (!existsSync(dir)) return;
  for (const name of readdirSync(dir)) {
    const pid = /-(\d+)$/.exec(name)?.[1];
    if (pid === undefined || !existsSync(`/proc/${pid}`))
      rmSync(join(dir, name), { recursive: true, force: true });
  }
}
