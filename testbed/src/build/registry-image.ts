import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Recipe } from '../cache/store.ts';
import type { Docker } from '../engine/docker.ts';
import { type Base, importRootfs } from './base-images.ts';
import { type Binary, contextInputs, fillContext } from './context.ts';
import { pushTo } from './push.ts';

/** An image as a cluster will ask for it, e.g. registry.k8s.io/pause:3.10. */
export interface ImageSpec {
  readonly reference: string;
  /** Folder below testbed/images. */
  readonly recipe: string;
  readonly base?: Base;
  readonly binaries?: readonly Binary[];
}

export interface ImageTools {
  readonly docker: Docker;
  /** Of the image with the registry server. */
  readonly servicesImage: string;
}

/** Builds one image into a registry's storage of its own; the storages are merged later (see sets.ts). */
export function imageRecipe(spec: ImageSpec, tools: ImageTools): Recipe {
  const binaries = spec.binaries ?? [];
  return {
    name: `image-${spec.reference.replaceAll(/[/:]/g, '_')}`,
    title: `image ${spec.reference}`,
    expectedSeconds: 8,
    pool: 'image',
    inputs: {
      reference: spec.reference,
      base: spec.base?.rootfs.key ?? '',
      context: contextInputs(spec.recipe, binaries),
    },
    async build(out, log) {
      const context = join(out, 'context');
      fillContext(context, spec.recipe, binaries);
      const args: string[] = [];
      if (spec.base !== undefined) {
        args.push('--build-arg', `BASE=${await importRootfs(tools.docker, spec.base)}`);
      }
      await pushTo(join(out, 'registry'), spec.reference, tools, log, async (tag) => {
        // Builds side by side would share cached layers, and whichever is done first removes them with its tag.
        await tools.docker.run(['build', '--no-cache', '--tag', tag, ...args, context], { log });
      });
      rmSync(context, { recursive: true });
    },
  };
}
