import { toBootstrapError } from '../lib/errors.ts';
import type { Cluster } from './cluster.ts';
import type { StepTools } from './step.ts';

/** Lines of one command that are shown; the beginning says most. */
const MAX_LINES = 40;
const TIMEOUT_MS = 15_000;

interface PodList {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly namespace: string };
    readonly spec: { readonly nodeName?: string };
  }[];
}

/** Asks the CNI on every node what it thinks of itself, into the log of the step that failed; never fails itself. */
export async function logDiagnostics(cluster: Cluster, { signal, log }: StepTools): Promise<void> {
  const { kubectl, cni } = cluster;
  if (cni.diagnostics === undefined) return;
  const { selector, container, commands } = cni.diagnostics;
  const options = { signal, timeoutMs: TIMEOUT_MS };
  try {
    const { items } = await kubectl.get<PodList>(['pods', '--all-namespaces', '-l', selector], options);
    const answers = await Promise.all(
      items.map(async ({ metadata: { name, namespace }, spec: { nodeName = name } }) => {
        const lines: string[] = [];
        for (const command of commands) {
          const exec = ['-n', namespace, 'exec', name, '-c', container, '--', ...command];
          const { stdout, stderr } = await kubectl.run(exec, { ...options, accept: 'any' });
          const said = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
          lines.push(`[${nodeName}] ${command.join(' ')}`, ...said.slice(0, MAX_LINES));
        }
        return lines;
      }),
    );
    answers.flat().forEach(log);
  } catch (error) {
    log(`${cni.title} cannot be asked how it is: ${toBootstrapError(error).message}`);
  }
}
