import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { state } from './bed/state.ts';

/** Opens a session on a host ("host-2", "2", an address; "root@host-2" for another user than ops). */
export async function ssh(target: string, command: readonly string[]): Promise<number> {
  const bed = state();
  if (bed === undefined) throw new Error('the test bed is not up');
  const [user, wanted] = target.includes('@') ? (target.split('@') as [string, string]) : ['ops', target];
  const host = bed.hosts.find(({ name, address }) =>
    [name, address, name.slice('host-'.length)].includes(wanted),
  );
  if (host === undefined) {
    throw new Error(`no host ${wanted}; there are ${bed.hosts.map(({ name }) => name).join(', ')}`);
  }
  const options = [
    'IdentitiesOnly=yes',
    `UserKnownHostsFile=${bed.files.knownHosts}`,
    'StrictHostKeyChecking=yes',
  ];
  const args = ['-F', 'none', '-i', bed.files.key, ...options.flatMap((option) => ['-o', option])];
  const child = spawn('ssh', [...args, `${user}@${host.address}`, ...command], { stdio: 'inherit' });
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}
