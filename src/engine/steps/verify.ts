import { countdown } from '../../lib/clock.ts';
import { BootstrapError } from '../../lib/errors.ts';
import type { CheckResult } from '../../report/model.ts';
import type { VerifyContext } from '../../verify/check.ts';
import { removeProbes } from '../../verify/deployment.ts';
import { checksNamed, runChecks } from '../../verify/index.ts';
import { nginxPods } from '../../verify/nginx-running.ts';
import type { Cluster } from '../cluster.ts';
import { logDiagnostics } from '../cni-diagnostics.ts';
import { readNodes } from '../../kube/nodes.ts';
import type { ClusterStep } from '../step.ts';
import { nodesReady } from './network.ts';

/** The gate and the checks; what they find decides whether the run is a success. */
export const verify: ClusterStep = {
  id: 'verify',
  title: 'Verify the network',
  scope: 'cluster',
  needs: ['ready', 'deploy-nginx'],
  run: async (cluster, tools) => {
    const { signal, log } = tools;
    const { spec, kubectl, clock } = cluster;
    // Kubelets tell with a delay that the former CNI has gone and the new one has come: what is verified are all nodes, and
    // who is told that the cluster is up shall find them Ready.
    if (cluster.swapped) await nodesReady(cluster, tools);
    const context: VerifyContext = {
      kubectl,
      spec,
      signal,
      log,
      secondsLeft: countdown(clock, spec.verify.timeoutSec),
      pods: [],
    };
    cluster.checks = await runChecks(checksNamed(spec.verify.checks), context, () => clock.now());
    for (const result of cluster.checks) cluster.events.emit({ type: 'check', result });
    // Only to be shown: where the API server is gone, the checks have said so.
    cluster.pods = await nginxPods(kubectl, signal).catch(() => context.pods);
    const bad = cluster.checks.filter(({ status }) => status === 'fail' || status === 'error');
    if (bad.length > 0) {
      await logDiagnostics(cluster, tools);
      throw verdict(bad);
    }
    if (cluster.swapped) {
      await nodesReady(cluster, tools);
      cluster.nodes = await readNodes(kubectl, cluster.hosts, signal);
    }
    return { changed: false, note: `${String(cluster.checks.length)} checks passed` };
  },
  describe: ({ spec }) => checksNamed(spec.verify.checks).map(({ title }) => title),
};

function verdict(bad: readonly CheckResult[]): BootstrapError {
  const failed = bad.filter(({ status }) => status === 'fail');
  const [first] = failed.length > 0 ? failed : bad;
  const text = bad.map(({ title, observed }) => `${title}: ${observed}`).join('\n');
  return new BootstrapError(failed.length > 0 ? 'E_VERIFY' : 'E_PROBE', text, { hint: first?.hint });
}

/** Leaves nothing of the verification in the cluster, unless asked to; a failed one is kept to be looked at. */
export const removeVerification: ClusterStep = {
  id: 'remove-nginx',
  title: 'Remove nginx',
  scope: 'cluster',
  needs: ['verify'],
  run: async (cluster: Cluster, { signal }) => {
    if (cluster.spec.verify.keep) return { changed: false, note: 'kept, as asked' };
    await removeProbes(cluster.kubectl, { signal });
    return { changed: false };
  },
};
