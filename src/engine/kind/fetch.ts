import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Artifact } from '../../artifacts/artifact.ts';
import { downloadArtifact } from '../../artifacts/download.ts';
import type { Cluster } from '../cluster.ts';
import type { ClusterStep } from '../step.ts';

/** Brings to this machine what a cluster is made from, verified: kind, CNI plugins, the image of the nodes. */
export const fetch: ClusterStep = {
  id: 'fetch',
  title: 'Fetch artifacts',
  scope: 'cluster',
  needs: ['preflight'],
  run: async (cluster, { signal, log }) => {
    const { kind } = cluster;
    if (kind.found === 'whole') return { changed: false, note: 'nothing is needed' };
    await Promise.all([
      fetchKind(cluster, signal),
      ...(kind.artifacts?.cniPlugins === undefined ? [] : [fetchPlugins(cluster, signal)]),
      (async () => {
        if ((await kind.docker.imageId(kind.nodeImage, { signal })) !== undefined) return;
        log(`pulling ${kind.nodeImage}`);
        await kind.docker.pull(kind.nodeImage, { signal });
      })(),
    ]);
    return { changed: false };
  },
  describe: ({ kind }) => [
    ...Object.values(kind.artifacts ?? {}).flatMap((artifact) =>
      artifact === undefined ? [] : [`fetch ${artifact.url} (sha256 ${artifact.sha256.slice(0, 12)}…)`],
    ),
    `have Docker pull ${kind.nodeImage}, unless it has it`,
  ],
};

/** The cache's files are nobody's to execute or change, so that kind runs from a copy that goes with the run. */
async function fetchKind(cluster: Cluster, signal: AbortSignal): Promise<void> {
  const { kind } = cluster;
  const artifact = kind.artifacts?.kind;
  if (artifact === undefined) return;
  const path = await download(cluster, artifact, signal);
  kind.binary = join(await cluster.temporaryDir(), 'kind');
  await copyFile(path, kind.binary);
  await chmod(kind.binary, 0o700);
}

/** Downloads them, once, for all nodes. @returns the archive's path. */
export async function fetchPlugins(cluster: Cluster, signal: AbortSignal): Promise<string> {
  const { artifacts } = cluster.kind;
  if (artifacts?.cniPlugins === undefined) throw new TypeError('the plugins are not resolved');
  return download(cluster, artifacts.cniPlugins, signal);
}

function download(cluster: Cluster, artifact: Artifact, signal: AbortSignal): Promise<string> {
  const { clock, remoteCache } = cluster;
  const { cacheDir } = cluster.spec.artifacts;
  return downloadArtifact(artifact, { cacheDir, signal, clock, remoteCache });
}
