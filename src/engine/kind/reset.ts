import { BootstrapError } from '../../lib/errors.ts';
import type { ClusterStep } from '../step.ts';
import { removeCluster } from './remove.ts';

/** Takes the cluster off this machine's Docker; images that were pulled stay in it. */
export const reset: ClusterStep = {
  id: 'reset',
  title: 'Remove the cluster',
  scope: 'cluster',
  needs: ['docker'],
  run: async (cluster, { signal }) => {
    const { kind, spec } = cluster;
    if (!kind.marked && kind.containers.length > 0) {
      throw new BootstrapError(
        'E_FOREIGN',
        `k8s-bootstrap did not make the kind cluster ${spec.name}; nothing was changed`,
        {
          hint: `remove it with what made it: kind delete cluster --name ${spec.name}`,
        },
      );
    }
    if (!kind.marked) return { changed: false, note: 'there is none of ours' };
    cluster.beginChange();
    await removeCluster(cluster, signal);
    return { changed: true };
  },
  describe: ({ spec }) => [`remove the kind cluster ${spec.name}`],
};
