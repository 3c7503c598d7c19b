import { BootstrapError } from '../../lib/errors.ts';
import type { ClusterStep } from '../step.ts';
import { apiAnswers } from './init.ts';

/** For what needs a cluster that is up: sees that there is one, and that it is ours. */
export const locate: ClusterStep = {
  id: 'locate',
  title: 'Find the cluster',
  scope: 'cluster',
  // Which sets the version that was asked for; here it becomes the one that runs.
  needs: ['facts', 'resolve'],
  run: async (cluster, { signal }) => {
    const { state, address } = cluster.controlPlane;
    if (state?.phase !== 'member' || state.cluster !== cluster.spec.name) {
      throw new BootstrapError(
        'E_NODES',
        `there is no cluster ${JSON.stringify(cluster.spec.name)} on ${address}`,
        {
          host: address,
          hint: 'bring it up first: k8s-bootstrap up',
        },
      );
    }
    cluster.kubernetesVersion = state.kubernetesVersion;
    if (!(await apiAnswers(cluster, signal))) {
      throw new BootstrapError('E_NODES', 'the API server does not answer', {
        host: address,
        hint: 'see journalctl -u kubelet there',
      });
    }
    return { changed: false, note: `Kubernetes ${state.kubernetesVersion}` };
  },
};
