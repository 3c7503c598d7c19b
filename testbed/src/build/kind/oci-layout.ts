import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkOrCopy } from '../../cache/link.ts';
import type { Artefact } from '../../cache/store.ts';

/** An image of the bed: the artefact holds the registry storage that it was pushed to. */
export interface BuiltImage {
  readonly reference: string;
  readonly artefact: Artefact;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
}

interface Manifest {
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** Images as an OCI image layout that names them as containerd does; made of links into the cache. */
export function writeOciLayout(dir: string, images: readonly BuiltImage[]): void {
  mkdirSync(join(dir, 'blobs', 'sha256'), { recursive: true });
  const manifests = images.map((image) => copyImage(dir, image));
  writeFileSync(join(dir, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  writeFileSync(join(dir, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
}

function copyImage(dir: string, { reference, artefact }: BuiltImage): object {
  const storage = join(artefact.dir, 'registry', 'docker', 'registry', 'v2');
  const copyBlob = (digest: string): string => {
    const hex = digest.replace('sha256:', '');
    const target = join(dir, 'blobs', 'sha256', hex);
    if (!existsSync(target))
      linkOrCopy(join(storage, 'blobs', 'sha256', hex.slice(0, 2), hex, 'data'), target);
    return target;
  };
  const colon = reference.lastIndexOf(':');
  const [repository, tag] = [reference.slice(0, colon), reference.slice(colon + 1)];
  const link = join(storage, 'repositories', repository, '_manifests', 'tags', tag, 'current', 'link');
  const digest = readFileSync(link, 'utf8').trim();
  const file = copyBlob(digest);
  const { mediaType, config, layers } = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  for (const blob of [config, ...layers]) copyBlob(blob.digest);
  return {
    mediaType,
    digest,
    size: statSync(file).size,
    platform: { os: 'linux', architecture: 'amd64' },
    annotations: { 'io.containerd.image.name': reference },
  };
}
