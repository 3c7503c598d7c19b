import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { run } from '../command.ts';

/** A whole test run had 4.4 GiB in its volumes at most, and its processes took about as much. */
const ENOUGH_BYTES = 16 * 2 ** 30;

/**
 * Lays the volumes of an engine, that is the disks of hosts and of kind's nodes, in memory where there is plenty of it.
 * Every cluster that goes leaves a hundred thousand deleted files, and ext4 without a journal looks through all that
 * were deleted in the last minute each time it makes one: the next cluster took up to 20 s longer for it, by chance.
 *
 * @param dataRoot of an engine that does not run.
 */
export async function volumesInMemory(dataRoot: string): Promise<void> {
  const volumes = join(dataRoot, 'volumes');
  await mkdir(volumes, { recursive: true, mode: 0o701 });
  if (mountsBelow(dataRoot).includes(volumes) || freemem() < ENOUGH_BYTES) return;
  // By itself dockerd binds its data root onto itself, without the mounts below.
  await run('mount', ['--bind', dataRoot, dataRoot]);
  await run('mount', ['--make-private', dataRoot]);
  const size = `size=${String(Math.floor(totalmem() * 0.75))},mode=701`;
  await run('mount', ['-t', 'tmpfs', '-o', size, 'k8s-bootstrap-testbed', volumes]);
}

/** Unmounts what is mounted at a folder and below. */
export async function unmountAll(dir: string): Promise<void> {
  for (const point of mountsBelow(dir).reverse()) await run('umount', [point]);
}

function mountsBelow(dir: string): string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((point) => point === dir || point.startsWith(`${dir}/`));
}
