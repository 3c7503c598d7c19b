import { randomBytes } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../command.ts';
import { network } from '../constants.ts';
import { cacheDir, stateFiles } from '../paths.ts';

/** Made once per cache, so that hosts keep their identity when they are made anew; never part of the repository. */
const sshDir = join(cacheDir, 'ssh');
const clientKey = join(sshDir, 'id_ed25519');
const keyTypes = ['ed25519', 'rsa'] as const;

export async function clientPublicKey(): Promise<string> {
  await makeKey(clientKey, 'ed25519', 'testbed');
  return readFileSync(`${clientKey}.pub`, 'utf8');
}

export function hostKeyDir(index: number): string {
  return join(sshDir, `host-${String(index)}`);
}

export async function makeHostKeys(index: number): Promise<void> {
  const name = `host-${String(index)}`;
  await Promise.all(
    keyTypes.map((type) => makeKey(join(hostKeyDir(index), `ssh_host_${type}_key`), type, name)),
  );
}

/** The password of the user `askpass`. */
export function sudoPassword(): string {
  const file = join(sshDir, 'askpass-password');
  if (!existsSync(file)) {
    mkdirSync(sshDir, { recursive: true, mode: 0o700 });
    writeFileSync(file, randomBytes(9).toString('base64url'), { mode: 0o600 });
  }
  return readFileSync(file, 'utf8');
}

export function writeClientFiles(hosts: number): void {
  mkdirSync(dirname(stateFiles.key), { recursive: true });
  cpSync(clientKey, stateFiles.key);
  chmodSync(stateFiles.key, 0o600);
  const lines: string[] = [];
  for (let index = 1; index <= hosts; index += 1) {
    for (const type of keyTypes) {
      const [algorithm, key] = readFileSync(
        join(hostKeyDir(index), `ssh_host_${type}_key.pub`),
        'utf8',
      ).split(' ');
      lines.push(`${network.hostAddress(index)} ${algorithm ?? ''} ${key ?? ''}\n`);
    }
  }
  writeFileSync(stateFiles.knownHosts, lines.join(''));
}

async function makeKey(file: string, type: (typeof keyTypes)[number], comment: string): Promise<void> {
  if (existsSync(file) && existsSync(`${file}.pub`)) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  await run('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', comment, '-f', file], { input: 'y\n' });
}
