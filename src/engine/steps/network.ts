import { deployProbes } from '../../verify/deployment.ts';
import { BootstrapError, toBootstrapError } from '../../lib/errors.ts';
import { countdown } from '../../lib/clock.ts';
import type { Cluster } from '../cluster.ts';
import { logDiagnostics } from '../cni-diagnostics.ts';
import { applyInOrder } from '../../kube/apply.ts';
import { explainPods, explainNodes, kubeletComplaint } from '../../kube/diagnose.ts';
import { fingerprintOf, refsOf, writeInventory } from '../../kube/inventory.ts';
import { workloadsOf } from '../../kube/objects.ts';
import type { ClusterStep, StepTools } from '../step.ts';

/** Applies the CNI as soon as the API server answers; nobody waits for it here. */
export const installCni: ClusterStep = {
  id: 'install-cni',
  title: 'Install the CNI',
  scope: 'cluster',
  needs: ['init', 'remove-cni', 'kube-proxy'],
  run: async (cluster, { signal }) => {
    const note = `${cluster.cni.title} ${cluster.cniVersion}`.trim();
    if (!cluster.fresh && (await cluster.kubectl.matches(cluster.cniObjects, { signal })))
      return { changed: false, note };
    cluster.beginChange();
    // Remembered first: what is applied has to be removable.
    const inventory = {
      cni: cluster.cni.name,
      version: cluster.cniVersion,
      fingerprint: fingerprintOf(cluster.cniObjects),
      objects: refsOf(cluster.cniObjects),
      removing: false,
      cordoned: [],
    };
    await writeInventory(cluster.kubectl, inventory, signal);
    await applyInOrder(cluster.kubectl, cluster.cniObjects, { signal, clock: cluster.clock });
    return { changed: true, note };
  },
  describe: (cluster) => [
    `apply ${String(cluster.cniObjects.length)} objects of ${cluster.cni.title} ${cluster.cniVersion}`,
  ],
};

/** What the verification needs is there when the nodes are; its pods start once the CNI is up. */
export const deployVerification: ClusterStep = {
  id: 'deploy-nginx',
  title: 'Deploy nginx',
  scope: 'cluster',
  needs: ['resolve', 'locate', 'init'],
  run: async (cluster, { signal }) => {
    await deployProbes(cluster.kubectl, cluster.spec, { signal });
    return { changed: true };
  },
  describe: (cluster) => [`apply nginx for ${String(cluster.spec.verify.minNodes)} or more nodes`],
};

/** Until all nodes are there and Ready. @throws BootstrapError `E_NODES` or `E_CNI` for why they are not in time. */
export async function nodesReady(
  cluster: Cluster,
  tools: StepTools,
  secondsLeft = countdown(cluster.clock, cluster.spec.timeouts.readySec),
): Promise<void> {
  // By name: kubeadm's join ends before its Node is there, and a list would not wait for it.
  const nodes = cluster.hosts.map((host) => `node/${host.nodeName}`);
  for (const condition of ['create', 'condition=Ready']) {
    const wait = ['wait', ...nodes, `--for=${condition}`, `--timeout=${String(secondsLeft())}s`];
    const timeoutMs = (secondsLeft() + 20) * 1000;
    const { exitCode } = await cluster.kubectl.run(wait, { signal: tools.signal, timeoutMs, accept: 'any' });
    if (exitCode !== 0) throw await notReady(cluster, tools);
  }
}

/** All nodes Ready and the CNI rolled out on all of them: Ready alone only says that some CNI configuration is there. */
export const ready: ClusterStep = {
  id: 'ready',
  title: 'Nodes and CNI ready',
  scope: 'cluster',
  needs: ['resolve', 'locate', 'join', 'install-cni'],
  run: async (cluster, tools) => {
    const { signal, log } = tools;
    const secondsLeft = countdown(cluster.clock, cluster.spec.timeouts.readySec);
    const timeoutMs = cluster.spec.timeouts.readySec * 1000 + 20_000;
    const options = { signal, timeoutMs, accept: 'any' } as const;
    await nodesReady(cluster, tools, secondsLeft);
    log('all nodes are Ready');
    const applied = workloadsOf(cluster.cniObjects);
    for (const { kind, namespace, name } of cluster.cni.workloads(cluster.cniObjects)) {
      const object = `${kind.toLowerCase()}/${name}`;
      const isThere = applied.some(
        (one) => one.kind === kind && one.namespace === namespace && one.name === name,
      );
      if (!isThere) {
        const wait = ['-n', namespace, 'wait', object, '--for=create', `--timeout=${String(secondsLeft())}s`];
        const result = await cluster.kubectl.run(wait, options);
        if (result.exitCode !== 0)
          throw await cniError(cluster, tools, `has made no ${object} in ${namespace}`);
      }
      const rollout = ['-n', namespace, 'rollout', 'status', object, `--timeout=${String(secondsLeft())}s`];
      const result = await cluster.kubectl.run(rollout, options);
      if (result.exitCode !== 0) throw await cniError(cluster, tools, 'is not rolled out');
      log(`${kind} ${namespace}/${name} is rolled out`);
    }
    await labelNodes(cluster, signal);
    return { changed: false };
  },
};

/** A node that is not Ready for lack of a network is the CNI's failure, so look there first. */
async function notReady(cluster: Cluster, tools: StepTools): Promise<BootstrapError> {
  const names = cluster.hosts.map((host) => host.nodeName);
  const complaintOf = (name: string): Promise<string> => {
    const host = cluster.hosts.find(({ nodeName }) => nodeName === name);
    return host === undefined ? Promise.resolve('') : kubeletComplaint(host);
  };
  const { reasons, network } = await explainNodes(cluster.kubectl, names, tools.signal, complaintOf).catch(
    (error: unknown) => ({ reasons: unread(error), network: false }),
  );
  if (network) return cniError(cluster, tools, 'did not come up', reasons);
  return new BootstrapError('E_NODES', `nodes are not Ready: ${reasons.join('; ') || 'no reason given'}`, {
    hint: reasons.some((reason) => reason.includes('too many open files'))
      ? 'allow more inotify instances on the machine: sysctl fs.inotify.max_user_instances=512'
      : 'see the kubelet’s journal on the node (journalctl -u kubelet)',
  });
}

async function cniError(
  cluster: Cluster,
  tools: StepTools,
  what: string,
  more: readonly string[] = [],
): Promise<BootstrapError> {
  const { signal } = tools;
  await logDiagnostics(cluster, tools);
  const workloads = cluster.cni.workloads(cluster.cniObjects);
  const namespaces = [...new Set(workloads.map(({ namespace }) => namespace))];
  const reasons = (
    await Promise.all(namespaces.map((name) => explainPods(cluster.kubectl, name, signal).catch(unread)))
  ).flat();
  const why = [...reasons, ...(reasons.length === 0 ? more : [])].slice(0, 6);
  return new BootstrapError(
    'E_CNI',
    `${cluster.cni.title} ${what}: ${why.join('; ') || 'its pods give no reason'}`,
    {
      hint: `see its pods: kubectl -n ${namespaces[0] ?? 'kube-system'} get pods -o wide`,
    },
  );
}

/** An API server that gives no reasons does not change what went wrong. */
function unread(error: unknown): readonly string[] {
  return [`the reasons cannot be read: ${toBootstrapError(error).message}`];
}

/** Labels that a kubelet may not give itself (NodeRestriction) come from here. */
async function labelNodes(cluster: Cluster, signal: AbortSignal): Promise<void> {
  for (const host of cluster.hosts) {
    const labels = Object.entries(host.spec.labels).map(([key, value]) => `${key}=${value}`);
    if (labels.length > 0)
      await cluster.kubectl.run(['label', '--overwrite', 'node', host.nodeName, ...labels], { signal });
  }
}
