import { issueKubeconfig, writePrivateFile } from '../../kube/kubeconfig.ts';
import { readNodes } from '../../kube/nodes.ts';
import type { ClusterStep } from '../step.ts';

/** A day's credentials for the runner, written as soon as the API server answers. */
export function kubeconfig(path: string): ClusterStep {
  return {
    id: 'kubeconfig',
    title: 'Write the kubeconfig',
    scope: 'cluster',
    needs: ['locate', 'init'],
    run: async (cluster, { signal }) => {
      const server = `https://${cluster.clientEndpoint}`;
      const issued = await issueKubeconfig(cluster.controlPlane, { name: cluster.spec.name, server, signal });
      for (const secret of issued.secrets) cluster.protect(secret);
      await writePrivateFile(path, issued.text);
      return { changed: false, note: path };
    },
    describe: () => [`write ${path}`],
  };
}

/** Nodes as the API server knows them, for outputs and reports. */
export const collect: ClusterStep = {
  id: 'collect',
  title: 'Collect nodes',
  scope: 'cluster',
  needs: ['locate', 'ready'],
  run: async (cluster, { signal }) => {
    cluster.nodes = await readNodes(cluster.kubectl, cluster.hosts, signal);
    return { changed: false };
  },
};
