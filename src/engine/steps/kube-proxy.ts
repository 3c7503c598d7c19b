import { paths } from '../../host/paths.ts';
import { kubeProxyAddonConfig } from '../../kube/kubeadm-config.ts';
import { inKubeSystem } from '../../kube/kubectl.ts';
import type { Cluster } from '../cluster.ts';
import type { ClusterStep } from '../step.ts';

/** Brings kube-proxy to a cluster that was made without it, where the CNI does not do its work any more. */
export const installKubeProxy: ClusterStep = {
  id: 'kube-proxy',
  title: 'Install kube-proxy',
  scope: 'cluster',
  needs: ['remove-cni'],
  run: async (cluster, { signal }) => {
    const { cni, spec, controlPlane } = cluster;
    if (cluster.fresh || cni.replacesKubeProxy?.(spec) === true)
      return { changed: false, note: 'as kubeadm left it' };
    if (await hasKubeProxy(cluster, signal)) return { changed: false, note: 'it is there' };
    cluster.beginChange();
    await controlPlane.root(
      [`${paths.bin}/kubeadm`, 'init', 'phase', 'addon', 'kube-proxy', '--config=/dev/stdin'],
      {
        input: kubeProxyAddonConfig({
          spec,
          hosts: cluster.hosts,
          kubernetesVersion: cluster.kubernetesVersion,
          endpoint: cluster.nodeEndpoint,
        }),
        signal,
      },
    );
    return { changed: true };
  },
};

export async function hasKubeProxy({ kubectl }: Cluster, signal: AbortSignal): Promise<boolean> {
  const get = [...inKubeSystem, 'get', 'daemonset', 'kube-proxy', '--ignore-not-found', '-o', 'name'];
  return (await kubectl.run(get, { signal })).stdout.trim() !== '';
}
