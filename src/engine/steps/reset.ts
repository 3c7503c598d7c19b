import { allTraces } from '../../cni/index.ts';
import { resetHost } from '../../host/reset/index.ts';
import { BootstrapError } from '../../lib/errors.ts';
import type { Step } from '../step.ts';
import { removeDownloads } from './begin.ts';

/** Refuses to reset what is not ours, on any host, before the first host is touched. */
const ownership: Step = {
  id: 'ownership',
  title: 'Check ownership',
  scope: 'cluster',
  needs: ['facts'],
  run: (cluster) => {
    for (const host of cluster.hosts) {
      const { state, facts } = host;
      const other =
        state === undefined
          ? facts.clusterFiles.length > 0 || facts.state !== undefined
          : state.cluster !== cluster.spec.name;
      if (!other) continue;
      const whose = state === undefined ? 'another tool' : `the cluster ${JSON.stringify(state.cluster)}`;
      throw new BootstrapError('E_FOREIGN', `the host belongs to ${whose}; nothing was changed`, {
        host: host.address,
        hint: state === undefined ? 'reset it with the tool that made it' : 'give that cluster’s name (name)',
      });
    }
    return Promise.resolve({ changed: false });
  },
};

/** Takes the cluster off every host, all side by side: nothing of it is needed any more. */
export function resetSteps(keep: 'nothing' | 'artifacts'): readonly Step[] {
  const reset: Step = {
    id: 'reset',
    title: keep === 'artifacts' ? 'Reset, keeping artifacts' : 'Reset',
    scope: 'hosts',
    needs: ['ownership'],
    run: async (cluster, host, { signal, log }) => {
      const { state, facts } = host;
      if (state === undefined) {
        const removed = await removeDownloads(host, signal);
        if (removed) cluster.beginChange();
        return { changed: removed, note: removed ? 'downloads removed' : 'nothing of ours is on it' };
      }
      const empty = state.phase === 'prepared' && facts.clusterFiles.length === 0;
      if (keep === 'artifacts' && empty) return { changed: false, note: 'no cluster on it' };
      cluster.beginChange();
      await resetHost(host, state, { keepArtifacts: keep === 'artifacts', traces: allTraces(), signal, log });
      return { changed: true };
    },
    describe: (_cluster, host) => [`remove the cluster from ${host.address}`],
  };
  return [ownership, reset];
}
