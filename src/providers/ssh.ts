import { readFile } from 'node:fs/promises';
import { connectSsh } from '../exec/ssh/connect.ts';
import { readPrivateKey } from '../exec/ssh/private-key.ts';
import type { SshEndpoint } from '../exec/ssh/target.ts';
import { BootstrapError } from '../lib/errors.ts';
import type { ClusterSpec, HostSpec } from '../spec/cluster-spec.ts';
import type { Provider } from './provider.ts';

/** Machines that are there already, reached by SSH. */
export const ssh: Provider = {
  name: 'ssh',
  connect: async (host, { spec, signal, clock, onWarning }) => {
    const timeoutMs = spec.timeouts.connectSec * 1000;
    const target = {
      ...(await endpoint(spec, host)),
      sudoPassword: spec.ssh.sudoPassword,
      bastion: await bastion(spec),
    };
    return connectSsh(target, { timeoutMs, signal, clock, onWarning });
  },
};

async function endpoint({ ssh, hosts }: ClusterSpec, host: HostSpec): Promise<SshEndpoint> {
  return {
    address: host.address,
    port: host.port,
    user: host.user,
    privateKey: await privateKey(host.keyFile ?? ssh.keyFile, ssh.key),
    passphrase: ssh.passphrase,
    hostKey: host.hostKey,
    knownHosts: await knownHosts(ssh),
    hostKeyChecking: ssh.hostKeyChecking,
    where: `hosts[${String(hosts.indexOf(host))}].address`,
  };
}

async function bastion({ ssh }: ClusterSpec): Promise<SshEndpoint | undefined> {
  if (ssh.bastion === undefined) return undefined;
  const { address, user, port, keyFile, hostKey } = ssh.bastion;
  return {
    address,
    port,
    user,
    privateKey: await privateKey(keyFile ?? ssh.keyFile, ssh.key),
    passphrase: ssh.passphrase,
    hostKey,
    knownHosts: await knownHosts(ssh),
    hostKeyChecking: ssh.hostKeyChecking,
    where: 'ssh.bastion.address',
  };
}

async function privateKey(path: string | undefined, key: string | undefined): Promise<string> {
  return path === undefined ? (key ?? '') : readPrivateKey(path, 'ssh.keyFile');
}

async function knownHosts({
  knownHosts: path,
  knownHostsText,
}: ClusterSpec['ssh']): Promise<string | undefined> {
  if (path === undefined) return knownHostsText;
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new BootstrapError('E_SPEC', `cannot read ${path}`, { cause, where: 'ssh.knownHosts' });
  });
}
