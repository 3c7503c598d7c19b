import { joinConfig } from '../../kube/kubeadm-config.ts';
import { BootstrapError } from '../../lib/errors.ts';
import type { Host } from '../../host/host.ts';
import type { Cluster } from '../cluster.ts';
import { joinMaterial } from '../join-material.ts';
import { runKubeadm, setPhase, settleEarlier } from '../kubeadm.ts';
import type { HostStep, StepTools } from '../step.ts';

/** `kubeadm join`: workers side by side, further control planes one after the other, since etcd takes one at a time. */
export const join: HostStep = {
  id: 'join',
  title: 'kubeadm join',
  scope: 'others',
  needs: ['images', 'init'],
  run: async (cluster, host, tools) => {
    if (host.state?.phase === 'member') {
      await expectNode(cluster, host, tools.signal);
      return { changed: false, note: 'a node already' };
    }
    cluster.beginChange();
    const turn = host.isControlPlane ? cluster.controlPlaneTurn : Promise.resolve();
    const work = turn.then(() => joinHost(cluster, host, tools));
    if (host.isControlPlane) cluster.controlPlaneTurn = work.catch(() => undefined);
    await work;
    return { changed: true };
  },
  describe: (_cluster, host) => [`kubeadm join as ${host.spec.role}, CA hash pinned`],
};

async function joinHost(cluster: Cluster, host: Host, tools: StepTools): Promise<void> {
  if (host.state?.phase === 'joining' && (await isReadyNode(cluster, host, tools.signal))) {
    await setPhase(host, 'member', tools.signal);
    return;
  }
  const running = await settleEarlier(host, 'join', tools);
  const material = await joinMaterial(cluster, tools.signal);
  if (!running && host.isControlPlane && material.certificateKey === undefined) {
    throw new BootstrapError('E_JOIN', 'control planes can only be added while the cluster is made', {
      hint: 'run `k8s-bootstrap down`, then `up` with all control planes',
    });
  }
  const config = joinConfig({ spec: cluster.spec, host, endpoint: cluster.endpoint, ...material });
  await runKubeadm(cluster, host, { verb: 'join', config }, tools);
}

/** A run that was cut off may have joined the host without being able to say so. */
async function isReadyNode(cluster: Cluster, host: Host, signal: AbortSignal): Promise<boolean> {
  const path = '{.status.conditions[?(@.type=="Ready")].status}';
  const get = ['get', 'node', host.nodeName, '--ignore-not-found', '-o', `jsonpath=${path}`];
  const { stdout } = await cluster.kubectl.run(get, { signal });
  return stdout.trim() === 'True';
}

/** Only a clear "there is no such node" counts; a node is never reset on a guess. */
async function expectNode(cluster: Cluster, host: Host, signal: AbortSignal): Promise<void> {
  const get = ['get', 'node', host.nodeName, '--ignore-not-found', '-o', 'name'];
  const { stdout } = await cluster.kubectl.run(get, { signal });
  if (stdout.trim() !== '') return;
  throw new BootstrapError(
    'E_JOIN',
    `the host was joined to this cluster, but there is no node ${host.nodeName}`,
    {
      host: host.address,
      hint: 'it belongs to an earlier cluster of that name, or its node was deleted: run `k8s-bootstrap down` on it',
    },
  );
}
