import type { ClusterSpec, SshSpec } from '../cluster-spec.ts';
import type { Path, Problem } from '../problem.ts';

/** Every host must be reachable with a key, and known by its own. */
export function checkAccess({ provider, ssh, hosts }: ClusterSpec): readonly Problem[] {
  if (provider !== 'ssh') return [];
  return [...checkKeys(ssh, hosts), ...checkHostKeys(ssh, hosts)];
}

function checkKeys(ssh: SshSpec, hosts: ClusterSpec['hosts']): readonly Problem[] {
  if (ssh.key !== undefined && ssh.keyFile !== undefined) {
    return [{ path: ['ssh', 'keyFile'], what: 'there is a key as well', fix: 'give either key or keyFile' }];
  }
  if (ssh.key !== undefined || ssh.keyFile !== undefined) return [];
  const needed = hosts.length === 0 || hosts.some(({ keyFile }) => keyFile === undefined);
  if (!needed && (ssh.bastion === undefined || ssh.bastion.keyFile !== undefined)) return [];
  return [
    {
      path: ['ssh', 'keyFile'],
      what: 'there is no private key',
      fix: 'give the path of one, or the key itself from a secret',
    },
  ];
}

function checkHostKeys(ssh: SshSpec, hosts: ClusterSpec['hosts']): readonly Problem[] {
  const known = ssh.knownHosts !== undefined || ssh.knownHostsText !== undefined;
  if (ssh.hostKeyChecking !== 'strict' || known) return [];
  const places: (Place & { readonly path: Path })[] = hosts.map((host, index) => ({
    ...host,
    path: ['hosts', index],
  }));
  if (ssh.bastion !== undefined) places.push({ ...ssh.bastion, path: ['ssh', 'bastion'] });
  return places
    .filter(({ hostKey }) => hostKey === undefined)
    .map(({ path, address, port }) => ({
      path: [...path, 'hostKey'],
      what: `nothing says which key ${address} has`,
      fix:
        `run ssh-keyscan -p ${String(port)} ${address} | ssh-keygen -lf -, compare with what the host’s console or provider ` +
        'shows, and give the SHA256:… as hostKey, or a known_hosts file as ssh.knownHosts',
    }));
}

interface Place {
  readonly address: string;
  readonly port: number;
  readonly hostKey?: string;
}
