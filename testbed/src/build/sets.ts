import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { filesBelow, keyOf } from '../cache/digest.ts';
import { linkOrCopy } from '../cache/link.ts';
import type { Artefact } from '../cache/store.ts';
import { cacheDir } from '../paths.ts';
import type { MirrorFile } from './mirror.ts';

/** A folder composed of what the cache holds (by hard links, so it costs nothing), named by its content. */
export interface FileSet {
  readonly key: string;
  readonly dir: string;
}

export function checksumsOf(files: readonly MirrorFile[]): string {
  const lines = files.flatMap((file) => ('sha256' in file ? [`${file.sha256}  ${file.path}\n`] : []));
  return lines.sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1)).join('');
}

export function composeMirror(files: readonly MirrorFile[]): FileSet {
  const all: MirrorFile[] = [...files, { path: 'checksums.txt', text: checksumsOf(files) }];
  const entries = all.map((file) => `${file.path} ${'sha256' in file ? file.sha256 : file.text}`);
  return compose('mirror', keyOf({ entries: entries.sort() }), (dir) => {
    for (const file of all) {
      const target = join(dir, file.path);
      mkdirSync(dirname(target), { recursive: true });
      if ('sha256' in file) linkOrCopy(file.source, target);
      else writeFileSync(target, file.text);
    }
  });
}

/** One registry storage out of many that hold an image each: equal paths in them have equal content. */
export function composeRegistry(images: readonly Artefact[]): FileSet {
  const entries = images.map(
    (image) => `${image.name} ${image.key} ${keyOf({ files: Object.keys(image.files) })}`,
  );
  return compose('registry', keyOf({ entries: entries.sort() }), (dir) => {
    for (const image of images) {
      const storage = join(image.dir, 'registry');
      for (const file of filesBelow(storage)) {
        const target = join(dir, relative(storage, file));
        mkdirSync(dirname(target), { recursive: true });
        if (!existsSync(target)) linkOrCopy(file, target);
      }
    }
  });
}

function compose(kind: string, key: string, fill: (dir: string) => void): FileSet {
  const dir = join(cacheDir, 'sets', `${kind}-${key.slice(0, 16)}`);
  if (!existsSync(dir)) {
    const temporary = join(cacheDir, 'tmp', `${kind}-${key.slice(0, 16)}-${String(process.pid)}`);
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary, { recursive: true });
    fill(temporary);
    mkdirSync(dirname(dir), { recursive: true });
    renameSync(temporary, dir);
  }
  return { key, dir };
}
