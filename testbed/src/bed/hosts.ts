import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../command.ts';
import { containerName, maxHosts, network } from '../constants.ts';
import type { Docker } from '../engine/docker.ts';
import { hasSshBanner, until } from '../wait.ts';
import { find, labelArgs, remove } from './containers.ts';
import { hasIpv6 } from './network.ts';
import { clientPublicKey, hostKeyDir, makeHostKeys, sudoPassword } from './secrets.ts';

const indexes = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** Hosts with an empty disk each, all booted. What stood there before is gone. */
export async function makeHosts(docker: Docker, image: string, count: number): Promise<void> {
  if (!Number.isInteger(count) || count < 1 || count > maxHosts) {
    throw new Error(`the number of hosts must be from 1 to ${String(maxHosts)}`);
  }
  const [publicKey, ipv6] = await Promise.all([clientPublicKey(), hasIpv6(docker)]);
  await Promise.all([
    find(docker, 'host').then((old) => remove(docker, old)),
    ...indexes(count).map((index) => makeHostKeys(index)),
  ]);
  await Promise.all(indexes(count).map((index) => makeHost(docker, { image, index, publicKey, ipv6 })));
}

export async function haveHosts(docker: Docker, image: string, count: number): Promise<boolean> {
  const all = await find(docker, 'host');
  return all.length === count && (await find(docker, 'host', contentOf(image))).length === count;
}

const contentOf = (image: string): string => image.replace(/.*:/, '');

/** As on a machine; Docker turns it on for the interfaces that it makes, and no others. */
const ipv6Everywhere = ['all', 'default'].flatMap((of) => ['--sysctl', `net.ipv6.conf.${of}.disable_ipv6=0`]);

interface HostOptions {
  readonly image: string;
  readonly index: number;
  readonly publicKey: string;
  readonly ipv6: boolean;
}

async function makeHost(docker: Docker, { image, index, publicKey, ipv6 }: HostOptions): Promise<void> {
  const short = `host-${String(index)}`;
  const name = containerName(short);
  const address = network.hostAddress(index);
  // Where these lie decides what works: overlayfs can't be stacked, and a real /run is empty at boot.
  const volumes = ['/var/lib/containerd', '/var/lib/etcd', '/var/lib/kubelet'];
  const options = [
    ...['--privileged', '--cgroupns', 'private', '--name', name, '--hostname', short],
    ...['--network', network.name, '--network-alias', short, '--ip', address],
    ...(ipv6 ? ['--ip6', network.hostAddress6(index), ...ipv6Everywhere] : []),
    // Names from elsewhere are to fail at once instead of being asked of the machine's resolvers.
    ...['--dns', network.services],
    ...['--tmpfs', '/run:exec,mode=755', '--tmpfs', '/tmp:exec,mode=1777'],
    ...volumes.flatMap((path) => ['--volume', path]),
    ...labelArgs('host', contentOf(image)),
  ];
  await docker.run(['create', ...options, image]);
  await copyIdentity(docker, name, index, publicKey);
  await docker.run(['start', name]);
  await docker.run(['exec', '--interactive', name, 'chpasswd'], { input: `askpass:${sudoPassword()}\n` });
  await until(`SSH on ${short}`, 60_000, () => hasSshBanner(address));
  // "degraded" is an answer too: the bed's hosts have units that can't work in a container.
  await docker.succeeds(['exec', name, 'timeout', '60', 'systemctl', 'is-system-running', '--wait']);
}

/** What tells one host from another, before its first boot. */
async function copyIdentity(docker: Docker, name: string, index: number, publicKey: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'testbed-'));
  try {
    const ssh = join(dir, 'etc', 'ssh');
    mkdirSync(ssh, { recursive: true });
    cpSync(hostKeyDir(index), ssh, { recursive: true });
    writeFileSync(join(ssh, 'authorized_keys'), publicKey, { mode: 0o644 });
    const id = createHash('sha256').update(`${name} ${publicKey}`).digest('hex').slice(0, 32);
    writeFileSync(join(dir, 'etc', 'machine-id'), `${id}\n`);
    const tar = join(dir, 'identity.tar');
    await run('tar', [
      '-C',
      dir,
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      '-cf',
      tar,
      'etc/ssh',
      'etc/machine-id',
    ]);
    await run('sh', ['-c', 'exec docker cp - "$1" < "$2"', 'sh', `${name}:/`, tar], { env: docker.env });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
