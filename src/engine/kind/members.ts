import { BootstrapError } from '../../lib/errors.ts';
import type { Host } from '../../host/host.ts';
import { writeState } from '../../host/state.ts';
import type { Cluster } from '../cluster.ts';
import type { ClusterStep, HostStep } from '../step.ts';
import { awaitApi } from '../steps/init.ts';
import { awaitStage } from './creation-error.ts';

/** kind runs `kubeadm init` and `join`; these steps wait for it, so that all others go on as they do on machines. */
export const init: HostStep = {
  id: 'init',
  title: 'kubeadm init',
  scope: 'first',
  needs: ['images'],
  run: async (cluster, host, { signal, log }) => {
    const { creation } = cluster.kind;
    if (creation === undefined) {
      await awaitApi(cluster, signal);
      return { changed: false, note: 'the control plane is there already' };
    }
    cluster.kind.listen = log;
    await awaitStage(cluster, creation.initialised);
    await learnVersion(cluster, host, signal);
    return { changed: true };
  },
  describe: ({ kubernetesVersion }) => [`kind runs kubeadm init, Kubernetes ${kubernetesVersion}`],
};

export const join: ClusterStep = {
  id: 'join',
  title: 'kubeadm join',
  scope: 'cluster',
  needs: ['init', 'install'],
  run: async (cluster, { signal, log }) => {
    const { creation } = cluster.kind;
    if (creation === undefined) return { changed: false, note: 'nodes already' };
    cluster.kind.listen = log;
    await awaitStage(cluster, creation.joined);
    const { kubernetesVersion } = cluster;
    await Promise.all(
      cluster.hosts.map((host) => {
        if (host.state === undefined)
          throw new TypeError(`${host.address} has no state before it was completed`);
        return writeState(host, { ...host.state, phase: 'member', kubernetesVersion }, signal);
      }),
    );
    return { changed: true };
  },
  describe: () => ['kind runs kubeadm join on the other nodes'],
};

/** An image's tag need not tell its version; the image itself does. */
async function learnVersion(cluster: Cluster, host: Host, signal: AbortSignal): Promise<void> {
  const { stdout } = await host.root(['cat', '/kind/version'], { signal });
  const version = /^v?(\d+\.\d+\.\d+[-+.0-9A-Za-z]*)\s*$/.exec(stdout)?.[1];
  const wanted = cluster.kubernetesVersion;
  if (version === undefined || (wanted !== '' && version !== wanted)) {
    throw new BootstrapError(
      'E_VERSION',
      `the node image is of Kubernetes ${version ?? 'an unknown version'}`,
      {
        where: 'kind.nodeImage',
        hint: wanted === '' ? 'use an image that kind built' : `its tag says ${wanted}`,
      },
    );
  }
  cluster.kubernetesVersion = version;
}
