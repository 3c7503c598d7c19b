import { createHash } from 'node:crypto';
import { CommandError } from '../../exec/command-error.ts';
import type { Host } from '../../host/host.ts';
import { paths } from '../../host/paths.ts';
import { BootstrapError, toBootstrapError } from '../../lib/errors.ts';
import type { Cluster } from '../cluster.ts';
import type { LocalImage } from '../local-images.ts';
import type { HostStep } from '../step.ts';

/** Brings the user's own images to the node, which remembers for each name the id of what it was given last. */
export const loadImages: HostStep = {
  id: 'load-images',
  title: 'Load local images',
  scope: 'hosts',
  needs: ['install'],
  run: async (cluster, host, { signal, log }) => {
    if (cluster.localImages.length === 0) return { changed: false };
    const { stdout } = await host.sh(listScript, [], { signal });
    const loaded = new Set(stdout.split('\n'));
    const missing = cluster.localImages.filter((image) => !loaded.has(`${recordOf(image)} ${image.id}`));
    if (missing.length === 0) return { changed: false, note: 'all loaded already' };
    cluster.beginChange();
    for (const image of missing) {
      await load(host, image, signal);
      log(`loaded ${image.name}`);
    }
    return { changed: true, note: `${String(missing.length)} loaded` };
  },
  describe: ({ spec }: Cluster) => spec.images.map((name) => `load ${name}`),
};

/** Name of the file that remembers an image; its own may hold anything. */
function recordOf({ name }: LocalImage): string {
  return createHash('sha256').update(name).digest('hex');
}

const listScript = `
for file in ${paths.images}/*; do
  if [ -f "$file" ]; then echo "\${file##*/} $(cat "$file")"; fi
done
`;

const importScript = `
trap 'rm -f "$1"' EXIT
${paths.bin}/ctr -n k8s.io images import "$1" >/dev/null
mkdir -p ${paths.images}
echo "$3" > "${paths.images}/$2"
`;

async function load(host: Host, image: LocalImage, signal: AbortSignal): Promise<void> {
  const limits = { signal, timeoutMs: 10 * 60_000 };
  const to = `${paths.staging}/${image.id}.tar`;
  try {
    await host.runner.upload({ path: await image.tar(signal) }, to, { ...limits, sudo: true, mode: 0o600 });
    await host.sh(importScript, [to, recordOf(image), image.id], limits);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new BootstrapError('E_IMAGE', `cannot load ${image.name}: ${toBootstrapError(error).message}`, {
      hint: 'see that it is an image for this architecture, as `docker save` writes it',
      cause: error,
    });
  }
}
