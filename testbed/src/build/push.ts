import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { label } from '../constants.ts';
import { answersHttp, until } from '../wait.ts';
import type { ImageTools } from './registry-image.ts';

/** Makes an image under the name of a registry on loopback (which every engine trusts) and pushes it to this folder. */
export async function pushTo(
  storage: string,
  reference: string,
  { docker, servicesImage }: ImageTools,
  log: string,
  make: (tag: string) => Promise<void>,
): Promise<void> {
  const address = `127.0.0.1:${String(await freePort())}`;
  const tag = `${address}/${reference}`;
  mkdirSync(storage);
  const server = ['docker-registry', 'serve', '/etc/testbed/registry.yml'];
  const options = ['--label', label, '--network', 'host', '--env', `REGISTRY_HTTP_ADDR=${address}`];
  const run = [
    'run',
    '--detach',
    '--rm',
    ...options,
    '--volume',
    `${storage}:/srv/registry`,
    servicesImage,
    ...server,
  ];
  const container = (await docker.run(run)).trim();
  try {
    await make(tag);
    await until('registry to push to', 20_000, () => answersHttp(`http://${address}/v2/`));
    await docker.run(['push', tag], { log });
  } finally {
    await docker.run(['rm', '--force', container]).catch(() => undefined);
    await docker.run(['rmi', tag]).catch(() => undefined);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
