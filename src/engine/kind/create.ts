import { join } from 'node:path';
import { kindConfig } from '../../providers/kind/config.ts';
import { createCluster } from '../../providers/kind/creation.ts';
import { NETWORK, ownLabel, subnetsOf } from '../../providers/kind/inventory.ts';
import { BootstrapError } from '../../lib/errors.ts';
import type { Cluster } from '../cluster.ts';
import { newJoinSecrets } from '../join-material.ts';
import type { ClusterStep } from '../step.ts';
import { awaitStage } from './creation-error.ts';
import { lookAgain } from './look.ts';
import { networkFindings } from './preflight.ts';
import { removeCluster } from './remove.ts';
import { markOf } from './run.ts';

/** Lets kind make the nodes, and goes on as soon as they are ready for it: kind starts Kubernetes on them meanwhile. */
export const create: ClusterStep = {
  id: 'create',
  title: 'Create nodes',
  scope: 'cluster',
  needs: ['begin'],
  run: async (cluster, { signal, log }) => {
    const { kind, spec } = cluster;
    if (kind.found === 'whole') return { changed: false, note: 'the nodes are there already' };
    cluster.beginChange();
    if (kind.found === 'part' || kind.marked) await removeCluster(cluster, signal);
    await claim(cluster, signal);
    kind.listen = log;
    cluster.join = newJoinSecrets(cluster);
    cluster.fresh = true;
    const dir = await cluster.temporaryDir();
    const stop = new AbortController();
    const creation = (kind.creation = createCluster(cluster.local, {
      binary: kind.binary,
      name: spec.name,
      config: kindConfig({
        spec,
        nodeImage: kind.nodeImage,
        kubernetesVersion: cluster.kubernetesVersion || undefined,
        kubeProxy: cluster.cni.replacesKubeProxy?.(spec) !== true,
        cgroup: kind.cgroup,
        token: cluster.join.token,
      }),
      kubeconfig: join(dir, 'kubeconfig'),
      timeoutMs: spec.timeouts.totalSec * 1000,
      // Good beyond this step's end: it aborts with the run.
      signal: AbortSignal.any([signal, stop.signal]),
      onLine: (line) => {
        kind.listen(cluster.redactor.redact(line));
      },
    }));
    cluster.releases.unshift(async () => {
      await creation.ended;
    });
    try {
      await awaitStage(cluster, creation.prepared);
      await lookAgain(cluster, signal);
    } catch (error) {
      // A step's failure ends all others, but not what it left running itself.
      stop.abort(error);
      throw error;
    }
    return { changed: true, note: `${String(cluster.hosts.length)} nodes` };
  },
  describe: ({ spec, kind }) => [
    `kind create cluster --name ${spec.name}, nodes of ${kind.nodeImage}`,
    ...spec.hosts.map(({ address, role }) => `make ${address}, a ${role}`),
  ],
};

/** Remembers in the engine that what comes now is ours, and the network too where kind would have to make it. */
async function claim(cluster: Cluster, signal: AbortSignal): Promise<void> {
  const { kind, spec } = cluster;
  const label = ['--label', `${ownLabel}=${spec.name}`];
  await kind.docker.run(['volume', 'create', ...label, markOf(spec.name)], { signal });
  kind.marked = true;
  if ((await kind.docker.network(NETWORK, { signal })) !== undefined) return;
  // As kind makes it, but for the label.
  const masquerade = ['--opt', 'com.docker.network.bridge.enable_ip_masquerade=true'];
  const ipv6 = ['--ipv6', '--subnet', 'fc00:f853:ccd:e793::/64'];
  const make = ['network', 'create', '--driver', 'bridge', ...masquerade, ...label];
  await kind.docker
    .run([...make, ...ipv6, NETWORK], { signal })
    .catch(() => kind.docker.run([...make, NETWORK], { signal }))
    .catch(async (error: unknown) => {
      // Another run may have made it at the same moment.
      if ((await kind.docker.network(NETWORK, { signal })) === undefined) throw error;
    });
  const network = await kind.docker.network(NETWORK, { signal });
  const [overlap] = network === undefined ? [] : networkFindings(cluster, subnetsOf(network));
  if (overlap === undefined) return;
  await removeCluster(cluster, signal);
  throw new BootstrapError('E_PREFLIGHT', `${overlap.message} (${overlap.id})`, { hint: overlap.hint });
}
