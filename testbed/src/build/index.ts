import { ensure } from '../cache/store.ts';
import { sweepTemporary } from '../cache/sweep.ts';
import type { Docker } from '../engine/docker.ts';
import { findOrStartEngine } from '../engine/index.ts';
import { type Print, Progress } from '../progress.ts';
import type { BedCni } from '../versions.ts';
import { bedImage } from './base-images.ts';
import { buildParts } from './binaries.ts';
import { catalogOf } from './catalog.ts';
import { buildCilium } from './cilium/index.ts';
import { buildKind, type KindState } from './kind/index.ts';
import { mirrorFiles } from './mirror.ts';
import { imageRecipe } from './registry-image.ts';
import { checksumsOf, composeMirror, composeRegistry, type FileSet } from './sets.ts';

/** Everything a bed runs on, ready in the cache and in the engine. */
export interface Built {
  readonly docker: Docker;
  readonly hostImage: string;
  readonly servicesImage: string;
  readonly mirror: FileSet;
  readonly registry: FileSet;
  readonly checksums: string;
  readonly images: readonly string[];
  readonly nginx: string;
  readonly client: string;
  readonly kind?: KindState;
}

export interface BuildOptions {
  readonly kubernetes: readonly string[];
  /** What kind needs as well. */
  readonly kind: boolean;
  /** What these CNIs need; Flannel is there always. */
  readonly cnis: readonly BedCni[];
}

export async function build({ kubernetes, kind, cnis }: BuildOptions, print: Print): Promise<Built> {
  sweepTemporary();
  const engine = findOrStartEngine(print);
  // Whatever becomes of it is seen below; until then it must not count as unhandled.
  engine.catch(() => undefined);
  const { binaries, rootfs } = await buildParts(kubernetes, print);
  const cilium = cnis.includes('cilium') ? await buildCilium(binaries, rootfs, print) : undefined;
  const docker = await engine;
  const [servicesImage, hostImage] = await Promise.all([
    bedImage(docker, 'services', { name: 'services', rootfs: rootfs.services }, [
      { artefact: binaries.noNames, name: 'no-names' },
    ]),
    bedImage(docker, 'host', { name: 'host', rootfs: rootfs.host }),
  ]);
  const catalog = await catalogOf(binaries, rootfs);
  const specs = [...catalog.images, ...(cilium?.images ?? [])];
  const progress = new Progress(print, 'images', specs.length);
  const tools = { docker, servicesImage };
  const [common, images] = await Promise.all([
    mirrorFiles(binaries, print),
    Promise.all(specs.map((spec) => ensure(imageRecipe(spec, tools), progress))),
  ]);
  const files = [...common, ...(cilium?.files ?? [])];
  const references = specs.map((spec) => spec.reference);
  const built = images.map((artefact, i) => ({ reference: references[i] ?? '', artefact }));
  return {
    docker,
    hostImage,
    servicesImage,
    mirror: composeMirror(files),
    registry: composeRegistry(images),
    checksums: checksumsOf(files),
    images: references,
    nginx: catalog.nginx,
    client: catalog.client,
    ...(kind ? { kind: await buildKind({ binaries, rootfs, images: built, tools }, print) } : {}),
  };
}
