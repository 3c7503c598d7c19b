import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyOf } from '../cache/digest.ts';
import type { Artefact } from '../cache/store.ts';
import { engineImage, label } from '../constants.ts';
import type { Docker } from '../engine/docker.ts';
import { type Binary, contextInputs, fillContext } from './context.ts';
import { type RootfsName, rootfsTar } from './rootfs.ts';

export interface Base {
  readonly name: RootfsName;
  readonly rootfs: Artefact;
}

/** A root file system as an image of the engine; other images start from it. */
export async function importRootfs(docker: Docker, { name, rootfs }: Base): Promise<string> {
  const tag = engineImage(`rootfs-${name}`, rootfs.key);
  if (!(await docker.succeeds(['image', 'inspect', tag]))) {
    await docker.run(['import', rootfsTar(rootfs), tag]);
  }
  return tag;
}

/** The images that run in the engine itself: they stay in the engine and are not in the registry. */
export async function bedImage(
  docker: Docker,
  name: 'host' | 'services' | 'kind-node' | 'envoy',
  from: Base,
  binaries: readonly Binary[] = [],
): Promise<string> {
  const key = keyOf({ rootfs: from.rootfs.key, context: contextInputs(name, binaries) });
  const tag = engineImage(name, key);
  if (await docker.succeeds(['image', 'inspect', tag])) return tag;
  const base = await importRootfs(docker, from);
  const dir = mkdtempSync(join(tmpdir(), 'testbed-'));
  try {
    const context = join(dir, 'context');
    fillContext(context, name, binaries);
    await docker.run(['build', '--tag', tag, '--label', label, '--build-arg', `BASE=${base}`, context]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  return tag;
}
