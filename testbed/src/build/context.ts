import { cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { digestOfTree } from '../cache/digest.ts';
import type { Artefact } from '../cache/store.ts';
import { linkOrCopy } from '../cache/link.ts';
import { testbedDir } from '../paths.ts';

/** A file out of the cache that a Dockerfile copies as bin/<name>. */
export interface Binary {
  readonly artefact: Artefact;
  readonly name: string;
}

const imageDir = (recipe: string): string => join(testbedDir, 'images', recipe);

export function fillContext(context: string, recipe: string, binaries: readonly Binary[]): void {
  cpSync(imageDir(recipe), context, { recursive: true });
  mkdirSync(join(context, 'bin'), { recursive: true });
  for (const { artefact, name } of binaries) {
    const target = join(context, 'bin', name);
    mkdirSync(dirname(target), { recursive: true });
    linkOrCopy(join(artefact.dir, name), target);
  }
}

/** What a context holds, for the key of the image made from it. */
export function contextInputs(recipe: string, binaries: readonly Binary[]): string[] {
  const lines = binaries.map(({ artefact, name }) => `${name} ${artefact.files[name]?.sha256 ?? ''}`);
  return [digestOfTree(imageDir(recipe)), ...lines];
}
