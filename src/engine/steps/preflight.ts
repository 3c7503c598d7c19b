import { compatibilityFindings } from '../../cni/compatibility.ts';
import { BootstrapError } from '../../lib/errors.ts';
import type { Finding } from '../../report/model.ts';
import type { Cluster } from '../cluster.ts';
import { localImageFindings } from '../local-images.ts';
import { withIgnored } from '../preflight/ignored.ts';
import { findings } from '../preflight/index.ts';
import { podRangeFindings } from '../preflight/pod-ranges.ts';
import { portFindings } from '../preflight/ports/index.ts';
import { sourceFindings } from '../preflight/source.ts';
import type { ClusterStep } from '../step.ts';

type Look = (cluster: Cluster, signal: AbortSignal) => Promise<readonly Finding[]>;

/** Looks at everything, tells all that it finds, errors that the user chose to ignore as warnings, and stops the run here if anything is amiss. */
export function preflightStep(look: Look): ClusterStep {
  return {
    id: 'preflight',
    title: 'Preflight',
    scope: 'cluster',
    needs: ['resolve'],
    run: async (cluster, { signal }) => {
      const all = [...choiceFindings(cluster), ...(await look(cluster, signal))];
      for (const finding of withIgnored(all, cluster.spec)) cluster.report(finding);
      const errors = cluster.findings.filter(({ severity }) => severity === 'error');
      if (errors.length > 0) throw refusal(errors);
      return { changed: false, note: `${String(cluster.findings.length)} findings, none in the way` };
    },
  };
}

export const preflight = preflightStep(async (cluster, signal) => {
  const { spec, hosts, kubernetesVersion } = cluster;
  const asked = await Promise.all([
    portFindings(cluster, signal),
    sourceFindings(cluster, signal),
    localImageFindings(cluster, signal),
  ]);
  return [...findings({ spec, hosts, kubernetesVersion }), ...asked.flat()];
});

/** What is to be said of the choice of CNI and Kubernetes, whatever the provider and its hosts are. */
function choiceFindings({ spec, cni, cniContext, cniObjects }: Cluster): readonly Finding[] {
  const { version, kubernetesVersion } = cniContext;
  const notices = cni.notices?.(cniContext) ?? [];
  const ranges = podRangeFindings(cni.podRanges?.(cniObjects) ?? [], spec.cni.podCIDR);
  return [...notices, ...ranges, ...compatibilityFindings(cni, version, kubernetesVersion)];
}

function refusal(errors: readonly Finding[]): BootstrapError {
  const details = errors.map(
    ({ id, message, host, hint }) =>
      new BootstrapError(id === 'foreign-cluster' ? 'E_FOREIGN' : 'E_PREFLIGHT', `${message} (${id})`, {
        host,
        hint,
      }),
  );
  const [first] = details;
  if (first === undefined || details.length === 1)
    return first ?? new BootstrapError('E_PREFLIGHT', 'preflight failed');
  const lines = errors.map(
    ({ id, host, message, hint }) =>
      ` - ${host === undefined ? '' : `${host}: `}${message} (${id})${hint === undefined ? '' : `; ${hint}`}`,
  );
  // A cluster never comes alone: ports and directories are in use as well.
  const foreign = details.some(({ code }) => code === 'E_FOREIGN');
  return new BootstrapError(
    foreign ? 'E_FOREIGN' : 'E_PREFLIGHT',
    `${String(errors.length)} reasons not to start; nothing was changed:\n${lines.join('\n')}`,
    {
      hint: 'mend them, or take one as a warning by its name in brackets (preflight.ignore)',
      errors: details,
    },
  );
}
