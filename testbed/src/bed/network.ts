import { existsSync } from 'node:fs';
import { label, network } from '../constants.ts';
import type { Docker } from '../engine/docker.ts';
import { remove } from './containers.ts';

export async function ensureNetwork(docker: Docker): Promise<void> {
  const wantsIpv6 = existsSync('/proc/net/if_inet6');
  if (await docker.succeeds(['network', 'inspect', network.name])) {
    if (!wantsIpv6 || (await hasIpv6(docker))) return;
    // An older bed's, maybe of one that was killed; what is in it is made anew.
    await remove(
      docker,
      await docker.lines(['ps', '--all', '--quiet', '--filter', `network=${network.name}`]),
    );
    await docker.run(['network', 'rm', network.name]);
  }
  const bridge = `com.docker.network.bridge.name=${network.bridge}`;
  const ipv6 = wantsIpv6 ? ['--ipv6', '--subnet', network.subnet6] : [];
  const options = ['--internal', '--subnet', network.subnet, ...ipv6, '--opt', bridge, '--label', label];
  await docker.run(['network', 'create', ...options, network.name]);
}

/** Whether its containers can have addresses of IPv6 as well. */
export async function hasIpv6(docker: Docker): Promise<boolean> {
  const [answer] = await docker.lines(['network', 'inspect', '--format', '{{.EnableIPv6}}', network.name]);
  return answer === 'true';
}

export async function removeNetworks(docker: Docker, filter: readonly string[]): Promise<void> {
  const networks = await docker.lines(['network', 'ls', '--quiet', ...filter]);
  if (networks.length > 0) await docker.run(['network', 'rm', ...networks]);
}
