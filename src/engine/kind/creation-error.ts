import { BootstrapError } from '../../lib/errors.ts';
import { KindError } from '../../providers/kind/creation.ts';
import { lastLine } from '../../providers/kind/docker.ts';
import type { Cluster } from '../cluster.ts';
import { explainKubeadm } from '../kubeadm-failure.ts';

const codes = { prepare: 'E_PREPARE', init: 'E_INIT', join: 'E_JOIN' } as const;

/** Waits for a stage of kind's work. @throws BootstrapError that says what kind failed at, and why. */
export async function awaitStage(cluster: Cluster, stage: Promise<void>): Promise<void> {
  try {
    await stage;
  } catch (error) {
    if (!(error instanceof KindError)) throw error;
    const { controlPlane } = cluster;
    const code = codes[error.phase];
    if (error.phase !== 'prepare' && controlPlane.connected) {
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

/** kind quotes the whole command that failed; what matters is what that command said. */
function reasonIn(output: string): string {
  const [, said] = /^Command Output: ([^]*)/m.exec(output) ?? [];
  const lines = (said ?? output)
    .split('\n')
    .filter((line) => /error|denied|cannot|failed|in use/i.test(line));
  return lines.at(-1) ?? said ?? output;
}
