import { BootstrapError } from '../../lib/errors.ts';
import { knownState } from '../../host/state.ts';
import { paths } from '../../host/paths.ts';
import { nameOf, NETWORK, publishedEndpoint } from '../../providers/kind/inventory.ts';
import { takeName } from '../../providers/kind/lock.ts';
import type { Cluster } from '../cluster.ts';
import type { ClusterStep, HostStep } from '../step.ts';
import { learn } from '../steps/connect.ts';
import { markOf, type KindRun } from './run.ts';

/** Asks Docker what is there, and takes the cluster's name on this machine for this run. */
export const docker: ClusterStep = {
  id: 'docker',
  title: 'Look at Docker',
  scope: 'cluster',
  needs: [],
  run: async (cluster, { signal }) => {
    const { kind, spec } = cluster;
    kind.info = await kind.docker.info({ signal });
    await lock(cluster);
    const [volume, network] = await Promise.all([
      kind.docker.volumeLabels(markOf(spec.name), { signal }),
      kind.docker.network(NETWORK, { signal }),
      lookAgain(cluster, signal),
    ]);
    kind.marked = volume !== undefined;
    kind.network = network;
    await Promise.all(cluster.hosts.map((host) => remember(cluster, host, signal)));
    kind.found = howFar(cluster);
    const { ServerVersion, NCPU, MemTotal } = kind.info;
    return {
      changed: false,
      note: `Docker ${ServerVersion}, ${String(NCPU)} CPUs, ${(MemTotal / 2 ** 30).toFixed(1)} GiB`,
    };
  },
};

async function lock({ kind, spec, runId, releases }: Cluster): Promise<void> {
  const taken = await takeName(`${kind.info.ID ?? 'docker'}-${spec.name}`, runId);
  if ('close' in taken) {
    releases.unshift(taken.close);
    return;
  }
  throw new BootstrapError('E_LOCKED', `another run holds the cluster ${spec.name} (${taken.heldBy})`, {
    where: 'name',
    hint: 'wait for the other run to end, or give each job a cluster name of its own',
  });
}

/** Reads anew which containers there are, and where the API server is published. */
export async function lookAgain(cluster: Cluster, signal: AbortSignal): Promise<void> {
  cluster.kind.containers = await cluster.kind.docker.containers(cluster.spec.name, { signal });
  cluster.publishedEndpoint = publishedEndpoint(cluster.kind.containers);
}

/** What an earlier run left in a node that runs. */
async function remember(
  cluster: Cluster,
  host: Cluster['hosts'][number],
  signal: AbortSignal,
): Promise<void> {
  if (!isRunning(cluster.kind, host.address)) return;
  host.attach(await cluster.connect(host, signal));
  const { exitCode, stdout } = await host.root(['cat', paths.state], { signal, accept: 'any' });
  host.state = knownState(exitCode === 0 ? stdout : undefined);
}

export function isRunning({ containers }: KindRun, name: string): boolean {
  return containers.some((container) => nameOf(container) === name && container.State.Running);
}

function howFar({ kind, hosts }: Cluster): KindRun['found'] {
  if (kind.containers.length === 0) return 'nothing';
  return hosts.every((host) => host.state?.phase === 'member') ? 'whole' : 'part';
}

/** For what needs a cluster that is up. */
export const present: ClusterStep = {
  id: 'present',
  title: 'Find the nodes',
  scope: 'cluster',
  needs: ['docker'],
  run: ({ kind, spec }) => {
    if (kind.containers.length > 0) return Promise.resolve({ changed: false });
    throw new BootstrapError('E_NODES', `there is no kind cluster ${spec.name}`, {
      hint: 'bring it up first: k8s-bootstrap up',
    });
  },
};

const connect: HostStep = {
  id: 'connect',
  title: 'Connect',
  scope: 'hosts',
  needs: ['present', 'create'],
  run: async (cluster, host, { signal }) => {
    if (!isRunning(cluster.kind, host.address)) {
      throw new BootstrapError('E_NODES', `there is no running node ${host.address}`, {
        hint: 'start it (docker start), or make the cluster anew: k8s-bootstrap down, then up',
      });
    }
    host.attach(await cluster.connect(host, signal));
    return { changed: false };
  },
};

const facts: HostStep = {
  id: 'facts',
  title: 'Read facts',
  scope: 'hosts',
  needs: ['connect'],
  run: async (_cluster, host, { signal }) => {
    const found = await learn(host, signal);
    return { changed: false, note: found.os.name };
  },
};

/** Reaching the nodes that are there. */
export const reach = [connect, facts] as const;
