import type { Built } from '../build/index.ts';
import { keyOf } from '../cache/digest.ts';
import { containerName, mirrorUrl, network, registryAddress } from '../constants.ts';
import { answersHttp, until } from '../wait.ts';
import { find, labelArgs, remove } from './containers.ts';

/** The mirror and the registry, serving just what was built; left alone where they do so already. */
export async function ensureServices(built: Built): Promise<void> {
  const { docker, mirror, registry, servicesImage } = built;
  const content = keyOf({ mirror: mirror.dir, registry: registry.dir, image: servicesImage }).slice(0, 16);
  if ((await find(docker, 'services', content)).length === 0) {
    await remove(docker, await find(docker, 'services'));
    const volumes = [`${mirror.dir}:/srv/mirror:ro`, `${registry.dir}:/srv/registry:ro`];
    const options = [
      ...['--name', containerName('services'), '--hostname', 'services'],
      ...['--network', network.name, '--ip', network.services],
      ...volumes.flatMap((volume) => ['--volume', volume]),
      ...labelArgs('services', content),
    ];
    await docker.run(['run', '--detach', ...options, servicesImage]);
  }
  await until('file mirror', 30_000, () => answersHttp(`${mirrorUrl}/checksums.txt`));
  await until('image registry', 30_000, () => answersHttp(`http://${registryAddress}/v2/`));
}
