import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Pool } from './cache/pool.ts';
import { run, searchPath } from './command.ts';
import type { Print } from './progress.ts';

export interface Need {
  readonly what: string;
  readonly debianPackages: readonly string[];
  readonly met: () => boolean;
}

export const tool = (name: string, debianPackage: string): Need => ({
  what: name,
  debianPackages: [debianPackage],
  met: () => onPath(name),
});

function onPath(name: string): boolean {
  return searchPath.split(delimiter).some((dir) => existsSync(join(dir, name)));
}

const buildNeeds: readonly Need[] = [
  tool('debootstrap', 'debootstrap'),
  tool('tar', 'tar'),
  tool('gcc', 'gcc'),
  tool('pkg-config', 'pkg-config'),
  {
    what: 'static libc and libseccomp',
    debianPackages: ['libc6-dev', 'libseccomp-dev'],
    met: () => existsSync('/usr/include/seccomp.h') && existsSync('/usr/include/stdio.h'),
  },
];

const upNeeds: readonly Need[] = [tool('ssh', 'openssh-client'), tool('ssh-keygen', 'openssh-client')];

export const engineNeeds: readonly Need[] = [tool('docker', 'docker.io'), tool('dockerd', 'docker.io')];

export async function meetUpNeeds(print: Print): Promise<void> {
  await meet([...upNeeds, ...engineNeeds.slice(0, 1)], print);
}

let building: Promise<void> | undefined;

/** Asked before the first real build: with a full cache, none of this is needed. */
export function meetBuildNeeds(print: Print): Promise<void> {
  return (building ??= checkBuildNeeds(print));
}

async function checkBuildNeeds(print: Print): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new Error('building the root file systems (debootstrap, chroot) needs root');
  }
  await meet(buildNeeds, print);
  needGo();
}

/** Debian's own Go is too old, so that it can't be installed from there. */
export function needGo(): void {
  if (!onPath('go')) throw new Error('Go 1.26 or newer is needed on the PATH');
}

/** Installs what is missing where that is possible, and names it where it isn't. */
export async function meet(needs: readonly Need[], print: Print): Promise<void> {
  const missing = needs.filter((need) => !need.met());
  if (missing.length === 0) return;
  const names = missing.map((need) => need.what).join(', ');
  const packages = [...new Set(missing.flatMap((need) => need.debianPackages))];
  if (!isDebian() || process.getuid?.() !== 0) {
    const how = isDebian() ? 'as root: apt-get install' : 'on Debian they are in the packages';
    throw new Error(`missing on this machine: ${names}; ${how} ${packages.join(' ')}`);
  }
  await packageManager.run(() => install(packages, print));
}

/** The package manager lets nobody in while it works. */
const packageManager = new Pool(1);

async function install(packages: readonly string[], print: Print): Promise<void> {
  print(`installing ${packages.join(' ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { env });
  await run('apt-get', ['install', '-qy', '--no-install-recommends', ...packages], { env });
}

function isDebian(): boolean {
  try {
    return /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}
