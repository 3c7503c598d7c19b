import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { filesBelow, keyOf } from '../../cache/digest.ts';
import type { Artefact, Recipe } from '../../cache/store.ts';
import { run } from '../../command.ts';
import { lacksSysResource } from '../../engine/private-engine.ts';
import { versions } from '../../versions.ts';
import type { KindConstants } from './module.ts';

export interface NodeFile {
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

const containerdConfig = 'etc/containerd/config.toml';

/** The files that kind puts on a node beside the programs, as images/base/Dockerfile and its node image build do. */
export async function nodeFiles(
  module: Artefact,
  constants: KindConstants,
  containerd: Artefact,
): Promise<NodeFile[]> {
  const root = join(module.dir, 'files');
  const upstream = filesBelow(root).map((file) => {
    const path = relative(root, file);
    const mode = /^(usr\/local|kind)\/bin\//.test(path) ? 0o755 : 0o644;
    return { path, text: onThisMachine(path, readFileSync(file, 'utf8')), mode };
  });
  return [
    ...upstream,
    { path: 'etc/containerd/cri-base.json', text: await baseSpec(containerd), mode: 0o644 },
    { path: 'kind/manifests/default-cni.yaml', text: constants.cniManifest, mode: 0o644 },
    { path: 'kind/manifests/default-storage.yaml', text: constants.storageManifest, mode: 0o644 },
  ];
}

/** The one image for pods' sandboxes that kind's configuration of containerd names. */
export function sandboxImage(files: readonly NodeFile[]): string {
  const config = files.find(({ path }) => path === containerdConfig)?.text ?? '';
  const image = /^\s*sandbox_image\s*=\s*"(.+)"$/m.exec(config)?.[1];
  if (image === undefined) throw new Error(`kind ${versions.kind} names no sandbox image`);
  return image;
}

export function nodeFilesRecipe(files: readonly NodeFile[]): Recipe {
  return {
    name: `kind-files-${versions.kind}`,
    title: `kind ${versions.kind}: files of the nodes`,
    expectedSeconds: 1,
    pool: 'image',
    inputs: { files: files.map(({ path, text, mode }) => `${path} ${String(mode)} ${keyOf({ text })}`) },
    async build(out, log) {
      const root = join(out, 'root');
      for (const { path, text, mode } of files) {
        const target = join(root, path);
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, text);
        chmodSync(target, mode);
      }
      await packRoot(root, join(out, 'kind-files.tar'), log);
    },
  };
}

/** A layer out of a folder, which is gone then. */
export async function packRoot(root: string, tar: string, log: string): Promise<void> {
  const args = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '-C', root, '-cf', tar, '.'];
  await run('tar', args, { log });
  rmSync(root, { recursive: true });
}

/** kind's entrypoint does this in user namespaces, where the capability is always missing. */
function onThisMachine(path: string, text: string): string {
  if (path !== containerdConfig || !lacksSysResource()) return text;
  return text.replace('restrict_oom_score_adj = false', 'restrict_oom_score_adj = true');
}

interface RuntimeSpec {
  process: { rlimits?: unknown };
  hooks?: { createContainer?: unknown[] };
}

async function baseSpec(containerd: Artefact): Promise<string> {
  const spec = JSON.parse(await run(join(containerd.dir, 'ctr'), ['oci', 'spec'])) as RuntimeSpec;
  delete spec.process.rlimits;
  const hook = { path: '/kind/bin/mount-product-files.sh' };
  spec.hooks = { ...spec.hooks, createContainer: [...(spec.hooks?.createContainer ?? []), hook] };
  return `${JSON.stringify(spec, undefined, 2)}\n`;
}
