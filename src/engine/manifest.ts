import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { downloadArtifact } from '../artifacts/download.ts';
import { resolveManifest } from '../artifacts/resolve.ts';
import { parseManifest, type KubeObject } from '../kube/objects.ts';
import { BootstrapError } from '../lib/errors.ts';
import type { Cluster } from './cluster.ts';

/** The objects of the CNI's manifest, verified where a checksum is known: always for a download. */
export async function readManifest(cluster: Cluster, signal: AbortSignal): Promise<readonly KubeObject[]> {
  const { spec, cni, cniVersion, clock } = cluster;
  const source = cni.manifest(spec, cniVersion);
  if ('path' in source) {
    const data = await readFile(source.path).catch((cause: unknown) => {
      throw new BootstrapError('E_SPEC', `cannot read the manifest ${source.path}`, {
        cause,
        where: 'cni.manifest',
      });
    });
    const sha256 = createHash('sha256').update(data).digest('hex');
    if (source.sha256 !== undefined && source.sha256 !== sha256) {
      throw new BootstrapError(
        'E_CHECKSUM',
        `${source.path} is not what cni.sha256 says: its sha256 is ${sha256}`,
        {
          where: 'cni.sha256',
        },
      );
    }
    return objectsOf(data.toString('utf8'), source.path);
  }
  const artifact = resolveManifest({ name: `${cni.name}-manifest`, version: cniVersion, ...source }, spec);
  const path = await downloadArtifact(artifact, { cacheDir: spec.artifacts.cacheDir, signal, clock });
  return objectsOf(await readFile(path, 'utf8'), artifact.url);
}

function objectsOf(text: string, name: string): readonly KubeObject[] {
  const objects = parseManifest(text, name);
  if (objects.length === 0)
    throw new BootstrapError('E_CNI', `${name} holds no Kubernetes objects`, { where: 'cni.manifest' });
  return objects;
}
