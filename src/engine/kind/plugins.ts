import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../../host/host.ts';
import { paths } from '../../host/paths.ts';
import type { Cluster } from '../cluster.ts';
import { fetchPlugins } from './fetch.ts';

/** Those of the image stay as they are. */
const unpackScript = `
trap 'rm -f "$1"' EXIT
tar -xf "$1" --no-same-owner --skip-old-files -C ${paths.cniBin}
`;

/** Gives a node the CNI plugins that the CNI needs and the node's image lacks. */
export async function addPlugins(cluster: Cluster, host: Host, signal: AbortSignal): Promise<void> {
  const { plugins } = cluster.cni;
  if (plugins?.length === 0) return;
  const path = await (cluster.kind.plugins ??= pack(cluster, plugins, signal));
  const archive = `${paths.staging}/cni-plugins.tar`;
  await host.runner.upload({ path }, archive, { mode: 0o600, signal });
  await host.sh(unpackScript, [archive], { signal });
}

/** A tar of those that are wanted, once for all nodes: each of them would take a second to unpack upstream's archive. */
async function pack(
  cluster: Cluster,
  plugins: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<string> {
  const archive = await fetchPlugins(cluster, signal);
  if (plugins === undefined) return archive;
  const dir = await cluster.temporaryDir();
  const files = join(dir, 'plugins');
  await mkdir(files);
  const names = plugins.map((name) => `./${name}`);
  await cluster.local.run(['tar', '-xzf', archive, '-C', files, ...names], { signal });
  const tar = join(dir, 'plugins.tar');
  await cluster.local.run(['tar', '-cf', tar, '-C', files, '.'], { signal });
  return tar;
}
