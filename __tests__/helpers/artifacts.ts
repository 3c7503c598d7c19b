import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Artifact } from '../../src/artifacts/artifact.ts';
import { cachePath } from '../../src/artifacts/cache.ts';
import type { KubernetesArtifacts } from '../../src/artifacts/resolve.ts';

/** An artifact whose content is its name. */
export function fakeArtifact(name: string): Artifact {
  const sha256 = createHash('sha256').update(name).digest('hex');
  return { name, version: '1.2.3', upstream: `h/${name}`, url: `https://mirror.example/h/${name}`, sha256 };
}

export const fakeArtifacts: KubernetesArtifacts = {
  kubeadm: fakeArtifact('kubeadm'),
  kubelet: fakeArtifact('kubelet'),
  kubectl: fakeArtifact('kubectl'),
  containerd: fakeArtifact('containerd'),
  runc: fakeArtifact('runc'),
  cniPlugins: fakeArtifact('cni-plugins'),
};

/** The `installed` facts of a host that has all of them. */
export const allInstalled: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(fakeArtifacts).map(({ name, sha256 }) => [name, sha256]),
);

/** Puts the artifacts into a cache, so that nothing has to be downloaded. */
export function fillCache(cacheDir: string): void {
  for (const { name, sha256 } of Object.values(fakeArtifacts)) {
    const path = cachePath(cacheDir, sha256);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, name);
  }
}
