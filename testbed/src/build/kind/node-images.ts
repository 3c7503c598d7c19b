import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Artefact, Recipe } from '../../cache/store.ts';
import { run } from '../../command.ts';
import { testbedDir } from '../../paths.ts';
import { packRoot } from './node-files.ts';
import { type BuiltImage, writeOciLayout } from './oci-layout.ts';

const script = join(testbedDir, 'rootfs', 'import-images.sh');

/** What makes a node one of this Kubernetes version, beside the programs: its images in containerd, and kind's note. */
export function nodeImagesRecipe(
  kubernetes: string,
  images: readonly BuiltImage[],
  containerd: Artefact,
): Recipe {
  const version = `v${kubernetes}`;
  return {
    name: `kind-images-${kubernetes}`,
    title: `kind: images of Kubernetes ${kubernetes} for containerd`,
    expectedSeconds: 8,
    pool: 'image',
    inputs: {
      script: readFileSync(script, 'utf8'),
      version,
      containerd: containerd.key,
      images: images.map(({ reference, artefact }) => `${reference} ${artefact.key}`),
    },
    async build(out, log) {
      const layout = join(out, 'layout');
      const root = join(out, 'root');
      mkdirSync(join(root, 'kind'), { recursive: true });
      mkdirSync(join(root, 'var', 'lib'), { recursive: true });
      writeFileSync(join(root, 'kind', 'version'), version);
      writeOciLayout(layout, images);
      await run(script, [containerd.dir, layout, join(root, 'var', 'lib', 'containerd')], { log });
      rmSync(layout, { recursive: true });
      await packRoot(root, join(out, 'images.tar'), log);
    },
  };
}
