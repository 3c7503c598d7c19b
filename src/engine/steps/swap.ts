import type { Cni, CniTraces } from '../../cni/cni.ts';
import { allTraces, cniNamed, cniNames } from '../../cni/index.ts';
import { removeCni } from '../../host/reset/cni.ts';
import { writeState } from '../../host/state.ts';
import { fingerprintOf, readInventory, writeInventory, type Inventory } from '../../kube/inventory.ts';
import { deleteCustomResources, deleteObjects } from '../../kube/delete.ts';
import { inKubeSystem } from '../../kube/kubectl.ts';
import { cordon, movablePods, restartPods, uncordon } from '../../kube/pods.ts';
import { BootstrapError } from '../../lib/errors.ts';
import type { Cluster } from '../cluster.ts';
import type { ClusterStep } from '../step.ts';
import { hasKubeProxy } from './kube-proxy.ts';

/**
 * Takes another CNI's objects and traces away, before the wanted one comes. Pods that it gave addresses to are stopped
 * while it still runs, since only it can take their networks down; they start again with the new one.
 */
export const removeOldCni: ClusterStep = {
  id: 'remove-cni',
  title: 'Remove the former CNI',
  scope: 'cluster',
  needs: ['init'],
  run: async (cluster, { signal, log }) => {
    if (cluster.fresh) return { changed: false, note: 'there is none' };
    await refuseOtherRange(cluster, signal);
    const inventory = await readInventory(cluster.kubectl, signal);
    if (inventory === undefined) refuseUnknown(cluster);
    if (inventory === undefined || isWanted(cluster, inventory))
      return { changed: false, note: 'it is the one that is wanted' };
    cluster.beginChange();
    cluster.swapped = true;
    const { kubectl } = cluster;
    log(`taking ${titleOf(inventory.cni)} ${inventory.version} away`);
    const cordoned = await cordon(kubectl, signal);
    const removing: Inventory = {
      ...inventory,
      removing: true,
      cordoned: [...new Set([...inventory.cordoned, ...cordoned])],
    };
    await writeInventory(kubectl, removing, signal);
    const { stopped, bare } = await restartPods(kubectl, await movablePods(kubectl, signal), signal);
    log(`${String(stopped)} pods wait for the new network`);
    for (const pod of bare) log(`${pod} has no controller that would make it anew; restart it yourself`);
    await deleteObjects(kubectl, inventory.objects, signal);
    await removeTraces(cluster, inventory.cni, signal);
    // DaemonSets put pods onto closed nodes as well. Without a network nothing starts before the new CNI is there.
    await restartPods(kubectl, await movablePods(kubectl, signal), signal);
    await uncordon(kubectl, removing.cordoned, signal);
    return { changed: true, note: `${titleOf(inventory.cni)} ${inventory.version}`.trim() };
  },
  describe: () => ['remove another CNI, should the cluster have one'],
};

function isWanted({ cniObjects }: Cluster, { fingerprint, removing }: Inventory): boolean {
  return !removing && fingerprint === fingerprintOf(cniObjects);
}

/** Without its list of objects nobody can take a network away whole. */
function refuseUnknown({ controlPlane, cni }: Cluster): void {
  const has = controlPlane.state?.cni;
  if (has === undefined || has === cni.name) return;
  throw new BootstrapError(
    'E_CNI',
    `nobody knows all that ${titleOf(has)} consists of; nothing was changed`,
    {
      hint: 'the ConfigMap kube-system/k8s-bootstrap is gone: run `k8s-bootstrap down` first',
    },
  );
}

/** @param name what a cluster tells, maybe of another version's CNI. */
function knownCni(name: string): Cni | undefined {
  return cniNames.some((known) => known === name) ? cniNamed(name) : undefined;
}

function titleOf(name: string): string {
  return knownCni(name)?.title ?? name;
}

/** Of a manifest of the user's it may be any. */
function tracesOf(name: string): CniTraces {
  const known = name === 'manifest' ? undefined : knownCni(name);
  return known?.traces ?? allTraces();
}

async function removeTraces(cluster: Cluster, name: string, signal: AbortSignal): Promise<void> {
  const { kubectl, hosts, cni, spec } = cluster;
  const traces = tracesOf(name);
  await deleteCustomResources(kubectl, traces.apiGroups ?? [], signal);
  // That no node has such a taint is no error.
  for (const key of traces.taints ?? [])
    await kubectl.run(['taint', 'nodes', '--all', `${key}-`], { signal, accept: 'any' });
  const kubeProxy = cni.replacesKubeProxy?.(spec) === true;
  if (kubeProxy) {
    const remove = [
      ...inKubeSystem,
      'delete',
      '--ignore-not-found',
      // Else its pods, on the way out, would write anew what is removed next.
      '--cascade=foreground',
      'daemonset/kube-proxy',
      'configmap/kube-proxy',
    ];
    await kubectl.run(remove, { signal });
  }
  // Where kube-proxy stays, they may be its own.
  const ipvs = !(await hasKubeProxy(cluster, signal));
  await Promise.all(
    hosts.map(async (host) => {
      const { state } = host;
      // What joins in this very run has seen no other network.
      if (state?.phase !== 'member') return;
      await removeCni(host, traces, {
        before: state.before,
        kubeProxy,
        ipvs,
        podCIDR: spec.cni.podCIDR,
        signal,
      });
      await writeState(host, { ...state, cni: cni.name }, signal);
    }),
  );
}

/** For a cluster whose state is older than the range in it, so that preflight could not tell. */
async function refuseOtherRange(cluster: Cluster, signal: AbortSignal): Promise<void> {
  if (cluster.controlPlane.state?.podCIDR !== undefined) return;
  const { podCIDR } = cluster.spec.cni;
  const config = [
    ...inKubeSystem,
    'get',
    'configmap',
    'kubeadm-config',
    '-o',
    'jsonpath={.data.ClusterConfiguration}',
  ];
  const { stdout } = await cluster.kubectl.run(config, { signal });
  const range = /^\s+podSubnet: (\S+)$/m.exec(stdout)?.[1];
  if (range === undefined || range === podCIDR) return;
  throw new BootstrapError(
    'E_CNI',
    `the cluster's pods are in ${range}, not in ${podCIDR}; its network was not changed`,
    {
      where: 'cni.podCIDR',
      hint: `ask for ${range}, or run \`k8s-bootstrap down\` first`,
    },
  );
}
