import { join } from 'node:path';
import { run } from '../command.ts';
import type { Artefact, Recipe } from '../cache/store.ts';

/** A .tar.gz as upstream publishes it; the same input gives the same bytes. */
export function archiveRecipe(file: string, binaries: Artefact, folder: string): Recipe {
  const tar = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  const names = Object.keys(binaries.files);
  const transform = folder === '' ? [] : [`--transform=s,^,${folder}/,`];
  return {
    name: `archive-${file}`,
    title: `archive ${file}`,
    expectedSeconds: 8,
    pool: 'image',
    inputs: {
      file,
      folder,
      tar,
      binaries: names.map((name) => `${name} ${binaries.files[name]?.sha256 ?? ''}`),
    },
    async build(out, log) {
      const archive = join(out, file);
      const args = [...tar, ...transform, '-C', binaries.dir, '-I', 'gzip -n', '-cf', archive, ...names];
      await run('tar', args, { log });
    },
  };
}
