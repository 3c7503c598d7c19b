import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';

export type Inputs = Readonly<Record<string, string | readonly string[]>>;

/** The key of an artefact: a sha256 over everything it is made from. */
export function keyOf(inputs: Inputs): string {
  const sorted = Object.entries(inputs).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}

/** Contents and paths of all files below a folder, as one digest; the run bit counts, times do not. */
export function digestOfTree(root: string): string {
  const hash = createHash('sha256');
  for (const file of filesBelow(root)) {
    const executable = (statSync(file).mode & 0o111) !== 0;
    const content = createHash('sha256').update(readFileSync(file)).digest('hex');
    hash.update(`${relative(root, file)} ${String(executable)} ${content}\n`);
  }
  return hash.digest('hex');
}

export function filesBelow(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
