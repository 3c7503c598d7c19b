import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Artifact } from '../artifacts/artifact.ts';
import { downloadArtifact } from '../artifacts/download.ts';
import { resolveManifest } from '../artifacts/resolve.ts';
import type { CniSource } from '../cni/cni.ts';
import { parseManifest, type KubeObject } from '../kube/objects.ts';
import { BootstrapError } from '../lib/errors.ts';
import type { Cluster } from './cluster.ts';
import { renderChart } from './helm.ts';

/** The objects that the CNI consists of, verified where a checksum is known: always for a download. */
export async function readManifests(cluster: Cluster, signal: AbortSignal): Promise<readonly KubeObject[]> {
  const sources = cluster.cni.sources(cluster.cniContext);
  return (await Promise.all(sources.map((source) => readSource(source, cluster, signal)))).flat();
}

async function readSource(
  source: CniSource,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const { spec, cni, cniVersion: version } = cluster;
  if ('path' in source) return readFileOf(source);
  if ('chart' in source) {
    const artifact = resolveManifest({ name: `${cni.name}-chart`, version, upstream: source.chart }, spec);
    const chart = { ...source, archive: await download(artifact, cluster, signal) };
    return objectsOf(await renderChart(chart, cluster, signal), artifact.url, 'cni.options');
  }
  const artifact = resolveManifest({ name: `${cni.name}-manifest`, version, ...source }, spec);
  return objectsOf(await readFile(await download(artifact, cluster, signal), 'utf8'), artifact.url);
}

async function readFileOf({
  path,
  sha256: wanted,
}: Extract<CniSource, { path: string }>): Promise<readonly KubeObject[]> {
  const data = await readFile(path).catch((cause: unknown) => {
    throw new BootstrapError('E_SPEC', `cannot read the manifest ${path}`, { cause, where: 'cni.manifest' });
  });
  const sha256 = createHash('sha256').update(data).digest('hex');
  if (wanted !== undefined && wanted !== sha256) {
    throw new BootstrapError('E_CHECKSUM', `${path} is not what cni.sha256 says: its sha256 is ${sha256}`, {
      where: 'cni.sha256',
    });
  }
  return objectsOf(data.toString('utf8'), path);
}

function download(artifact: Artifact, cluster: Cluster, signal: AbortSignal): Promise<string> {
  const { spec, clock, remoteCache } = cluster;
  return downloadArtifact(artifact, { cacheDir: spec.artifacts.cacheDir, signal, clock, remoteCache });
}

function objectsOf(text: string, name: string, where = 'cni.manifest'): readonly KubeObject[] {
  const objects = parseManifest(text, name);
  if (objects.length === 0)
    throw new BootstrapError('E_CNI', `${name} holds no Kubernetes objects`, { where });
  return objects;
}
