import { BootstrapError } from '../../lib/errors.ts';
import { nameOf, NETWORK, ownLabel } from '../../providers/kind/inventory.ts';
import type { Cluster } from '../cluster.ts';
import { markOf } from './run.ts';

/** How often what appears while containers are removed is removed as well: Docker may still finish a killed `kind create`. */
const ROUNDS = 5;

/** Takes containers, network and mark of our cluster away. The mark goes last: until then a next run knows whose it is. */
export async function removeCluster(cluster: Cluster, signal: AbortSignal): Promise<void> {
  const { kind, spec } = cluster;
  for (let round = 0; ; round += 1) {
    const containers = await kind.docker.containers(spec.name, { signal });
    if (containers.length === 0) break;
    if (round === ROUNDS) {
      throw new BootstrapError('E_RESET', `Docker keeps ${containers.map(nameOf).join(', ')}`, {
        hint: 'remove them by hand: docker rm --force --volumes',
      });
    }
    const ids = containers.map(({ Id }) => Id);
    await kind.docker.run(['rm', '--force', '--volumes', ...ids], { signal, timeoutMs: 120_000 });
  }
  kind.containers = [];
  const network = await kind.docker.network(NETWORK, { signal });
  const ours = network?.Labels?.[ownLabel] !== undefined;
  // Another cluster may be on it, and then it is that one's to remove.
  if (ours && Object.keys(network.Containers ?? {}).length === 0) {
    await kind.docker.run(['network', 'rm', NETWORK], { signal });
  }
  await kind.docker.run(['volume', 'rm', '--force', markOf(spec.name)], { signal });
  kind.marked = false;
  kind.found = 'nothing';
}
