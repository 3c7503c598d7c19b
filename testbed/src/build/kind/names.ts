import { engineImage, label } from '../../constants.ts';
import type { Docker } from '../../engine/docker.ts';

const ownPrefix = engineImage('', '').replace(/:$/, '');

/** The upstream name for an image of the bed. An image of someone else's that has the name keeps it. */
export async function giveName(docker: Docker, image: string, name: string): Promise<void> {
  const labels = await docker.run(['image', 'inspect', '--format', '{{json .Config.Labels}}', name]).then(
    (answer) => JSON.parse(answer) as Record<string, string> | null,
    () => undefined,
  );
  const [key, value] = label.split('=') as [string, string];
  if (labels !== undefined && labels?.[key] !== value) {
    throw new Error(
      `the Docker engine holds an image ${name} that is not the test bed's; remove it, or its name`,
    );
  }
  await docker.run(['tag', image, name]);
}

/** Upstream's names are for as long as the bed is up: in another engine, nobody is to take these images for the real ones. */
export async function takeNamesBack(docker: Docker): Promise<void> {
  const format = '{{.Repository}}:{{.Tag}}';
  const all = await docker.lines(['image', 'ls', '--filter', `label=${label}`, '--format', format]);
  const names = all.filter((name) => !name.startsWith(ownPrefix) && !name.includes('<none>'));
  if (names.length > 0) await docker.run(['rmi', ...names]);
}
