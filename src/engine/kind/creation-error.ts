import { BootstrapError } from '../../lib/errors.ts';
import { KindError } from '../../providers/kind/creation.ts';
import { lastLine } from '../../providers/kind/docker.ts';
import type { Cluster } from '../cluster.ts';
import { explainKubeadm } from '../kubeadm-failure.ts';
import { isRunning } from './look.ts';

const codes = { prepare: 'E_PREPARE', init: 'E_INIT', join: 'E_JOIN' } as const;

/** Waits for a stage of kind's work. @throws BootstrapError that says what kind failed at, and why. */
export async function awaitStage(cluster: Cluster, stage: Promise<void>): Promise<void> {
  try {
    await stage;
  } catch (error) {
    if (!(error instanceof KindError)) throw error;
    const { controlPlane } = cluster;
    const code = codes[error.phase];
    if (error.phase !== 'prepare' && isRunning(cluster.kind, controlPlane.address)) {
      throw await explainKubeadm(cluster, controlPlane, code, `kubeadm ${error.phase}`, error.output);
    }
    throw new BootstrapError(
      code,
      `kind made no nodes: ${cluster.redactor.redact(lastLine(reasonIn(error.output)))}`,
      {
        hint: 'see the step’s log above; `k8s-bootstrap down` takes the attempt back',
      },
    );
  }
}

/** kind's own last word comes before the output of the command that failed, if there is one. */
function reasonIn(output: string): string {
  return /^ERROR: .*$/m.exec(output)?.[0] ?? output;
}
