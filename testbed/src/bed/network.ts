import { label, network } from '../constants.ts';
import type { Docker } from '../engine/docker.ts';

export async function ensureNetwork(docker: Docker): Promise<void> {
  if (await docker.succeeds(['network', 'inspect', network.name])) return;
  const bridge = `com.docker.network.bridge.name=${network.bridge}`;
  const options = ['--internal', '--subnet', network.subnet, '--opt', bridge, '--label', label];
  await docker.run(['network', 'create', ...options, network.name]);
}

export async function removeNetworks(docker: Docker, filter: readonly string[]): Promise<void> {
  const networks = await docker.lines(['network', 'ls', '--quiet', ...filter]);
  if (networks.length > 0) await docker.run(['network', 'rm', ...networks]);
}
