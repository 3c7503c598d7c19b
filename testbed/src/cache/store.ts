import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { cacheDir } from '../paths.ts';
import { meetBuildNeeds } from '../prerequisites.ts';
import type { Print, Progress } from '../progress.ts';
import { filesBelow, type Inputs, keyOf, sha256OfFile } from './digest.ts';
import { type PoolName, pools } from './pool.ts';

export interface Recipe {
  readonly name: string;
  readonly title: string;
  readonly expectedSeconds: number;
  readonly pool: PoolName;
  readonly inputs: Inputs;
  /** Makes sure that the machine can build this; by default, that it can build anything the bed is made of. */
  readonly meetNeeds?: (print: Print) => Promise<void>;
  /** Gets from the network what the build needs, while other builds are at work. */
  readonly download?: (log: string) => Promise<void>;
  /** Fills the folder; what it prints belongs into the log. */
  readonly build: (dir: string, log: string) => Promise<void>;
}

interface FileRecord {
  readonly size: number;
  readonly sha256: string;
}

export interface Artefact {
  readonly name: string;
  readonly key: string;
  readonly dir: string;
  readonly files: Readonly<Record<string, FileRecord>>;
}

const artefactDir = (name: string, key: string): string => join(cacheDir, 'artefacts', name, key);

/** The artefact if the cache holds it whole: every recorded file is there with its size. */
export function lookUp(name: string, key: string): Artefact | undefined {
  const dir = artefactDir(name, key);
  const record = `${dir}.json`;
  if (!existsSync(record)) return undefined;
  try {
    const files = JSON.parse(readFileSync(record, 'utf8')) as Artefact['files'];
    for (const [path, { size }] of Object.entries(files)) {
      if (statSync(join(dir, path)).size !== size) return undefined;
    }
    return { name, key, dir, files };
  } catch {
    return undefined;
  }
}

export async function ensure(recipe: Recipe, progress: Progress): Promise<Artefact> {
  const key = keyOf(recipe.inputs);
  const cached = lookUp(recipe.name, key);
  if (cached !== undefined) {
    progress.skip(recipe.title);
    return cached;
  }
  await (recipe.meetNeeds ?? meetBuildNeeds)(progress.print);
  const log = newLog(recipe, key);
  const { download } = recipe;
  if (download !== undefined) await pools.download.run(() => download(log));
  return pools[recipe.pool].run(() =>
    progress.step(recipe.title, recipe.expectedSeconds, () => buildArtefact(recipe, key, log)),
  );
}

function newLog({ name }: Recipe, key: string): string {
  const logs = join(cacheDir, 'logs');
  const log = join(logs, `${name}-${key.slice(0, 8)}.log`);
  mkdirSync(logs, { recursive: true });
  rmSync(log, { force: true });
  return log;
}

async function buildArtefact(recipe: Recipe, key: string, log: string): Promise<Artefact> {
  const { name } = recipe;
  const temporary = join(cacheDir, 'tmp', `${name}-${key.slice(0, 8)}-${String(process.pid)}`);
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  try {
    await recipe.build(temporary, log);
    const files: Record<string, FileRecord> = {};
    for (const file of filesBelow(temporary)) {
      files[relative(temporary, file)] = { size: statSync(file).size, sha256: await sha256OfFile(file) };
    }
    const dir = artefactDir(name, key);
    mkdirSync(join(dir, '..'), { recursive: true });
    rmSync(dir, { recursive: true, force: true });
    renameSync(temporary, dir);
    // Written last and by rename: an artefact without its record does not count.
    writeFileSync(`${dir}.json.${String(process.pid)}`, JSON.stringify(files));
    renameSync(`${dir}.json.${String(process.pid)}`, `${dir}.json`);
    return { name, key, dir, files };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
