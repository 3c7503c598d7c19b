import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { toBootstrapError } from '../lib/errors.ts';
import type { Finding } from '../report/model.ts';
import { isTar } from '../spec/schema/text.ts';
import type { Cluster } from './cluster.ts';

/** An image of this machine that every node is to have. */
export interface LocalImage {
  /** As the user wrote it. */
  readonly name: string;
  /** Hex sha256 of the image's configuration, or of the tar: what tells one state of it from another. */
  readonly id: string;
  /** Path of a tar that holds it; made when the first node wants it. */
  tar(signal: AbortSignal): Promise<string>;
}

/** Finds the spec's images on this machine, for the cluster to load; tells of those that are not there. */
export async function localImageFindings(cluster: Cluster, signal: AbortSignal): Promise<readonly Finding[]> {
  const { images } = cluster.spec;
  const found = await Promise.all(
    images.map((name) =>
      (isTar(name) ? fromTar(name, signal) : fromDocker(cluster, name, signal)).catch(
        (error: unknown): Finding => ({
          id: 'local-image',
          severity: 'error',
          message: `images: ${toBootstrapError(error).message}`,
        }),
      ),
    ),
  );
  cluster.localImages = found.flatMap((one) => ('tar' in one ? [one] : []));
  return found.flatMap((one) => ('tar' in one ? [] : [one]));
}

async function fromTar(path: string, signal: AbortSignal): Promise<LocalImage> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Buffer);
  return { name: path, id: hash.digest('hex'), tar: () => Promise.resolve(path) };
}

async function fromDocker(
  cluster: Cluster,
  name: string,
  signal: AbortSignal,
): Promise<LocalImage | Finding> {
  const { docker } = cluster.kind;
  const id = await docker.imageId(name, { signal });
  if (id === undefined) {
    return {
      id: 'local-image',
      severity: 'error',
      message: `images: Docker has no image ${name}`,
      hint: 'build or pull it before this step (docker image ls), or give the path of a tar',
    };
  }
  let saved: Promise<string> | undefined;
  const save = async (until: AbortSignal): Promise<string> => {
    const path = join(await cluster.temporaryDir(), 'image.tar');
    await docker.run(['save', '--output', path, name], { signal: until, timeoutMs: 10 * 60_000 });
    return path;
  };
  return { name, id: id.replace(/^sha256:/, ''), tar: (until) => (saved ??= save(until)) };
}
