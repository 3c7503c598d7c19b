import type { Host } from '../host/host.ts';
import { sanitizeLine } from '../lib/sanitize.ts';
import { conditionOf, isReady, type Conditions } from './conditions.ts';
import type { Kubectl } from './kubectl.ts';

interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: { readonly reason?: string; readonly message?: string; readonly exitCode?: number };
}
interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}
interface PodList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly nodeName?: string };
    readonly status: Conditions & {
      readonly phase?: string;
      readonly initContainerStatuses?: readonly ContainerStatus[];
      readonly containerStatuses?: readonly ContainerStatus[];
    };
  }[];
}

/** One line for each pod of the namespace that is not ready: where, which container, why, and its last words. */
export async function explainPods(
  kubectl: Kubectl,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { items } = await kubectl.get<PodList>(['-n', namespace, 'pods'], { signal });
  const reasons = items.map(async (pod): Promise<string | undefined> => {
    const where = `${pod.metadata.name} on ${pod.spec.nodeName ?? 'no node'}`;
    if (pod.spec.nodeName === undefined)
      return `${where}: ${conditionOf(pod.status, 'PodScheduled')?.message ?? 'not scheduled'}`;
    const statuses = [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])];
    const bad = statuses.find(({ ready, state }) => !ready && state?.terminated?.exitCode !== 0);
    if (bad === undefined)
      return pod.status.phase === 'Running' ? undefined : `${where}: ${pod.status.phase ?? 'unknown'}`;
    const reason = bad.state?.waiting?.reason ?? bad.state?.terminated?.reason ?? 'not ready';
    const message = bad.state?.waiting?.message ?? bad.state?.terminated?.message ?? '';
    const words =
      /CrashLoop|Error/.test(reason) && !reason.includes('Image')
        ? await lastWords(kubectl, namespace, pod.metadata.name, bad.name, signal)
        : message;
    return `${where}: ${bad.name} ${reason}${words === '' ? '' : ` (${words})`}`;
  });
  return (await Promise.all(reasons)).flatMap((reason) =>
    reason === undefined ? [] : [sanitizeLine(reason)],
  );
}

async function lastWords(
  kubectl: Kubectl,
  namespace: string,
  pod: string,
  container: string,
  signal: AbortSignal,
): Promise<string> {
  for (const previous of [['--previous'], []]) {
    const args = ['-n', namespace, 'logs', pod, '-c', container, '--tail=30', ...previous];
    const { exitCode, stdout } = await kubectl.run(args, { signal, accept: 'any', timeoutMs: 15_000 });
    const lines = stdout.split('\n').filter((line) => line.trim() !== '' && !line.startsWith(UNREADABLE));
    const words = lines.findLast((line) => complaint.test(line)) ?? lines.at(-1);
    if (exitCode === 0 && words !== undefined) return sanitizeLine(words).slice(0, 300);
  }
  return '';
}

/** What the kubelet says in the place of a log that is gone. */
const UNREADABLE = 'unable to retrieve container logs';
/** Programs often tidy up after they said what is wrong. The first is klog's form of errors. */
const complaint = /^[EF]\d{4} |\b(error|fatal|panic|failed|cannot|refused|denied)\b/i;

interface NodeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: Conditions;
  }[];
}

/** The kubelet's last complaint on a host; empty if there is none to be had. */
export async function kubeletComplaint(host: Host): Promise<string> {
  const journal = ['journalctl', '-u', 'kubelet', '-n', '200', '--no-pager', '-o', 'cat'];
  const { stdout } = await host.root(journal, { accept: 'any', timeoutMs: 15_000 });
  const words = stdout.split('\n').findLast((line) => /^[EF]\d{4} /.test(line)) ?? '';
  return sanitizeLine(words.replace(/^.*?\] /, '')).slice(0, 300);
}

/**
 * Why nodes are not Ready; `network` when it is for want of a CNI.
 *
 * @param complaintOf what the kubelet of a node says that the API server knows nothing of.
 */
export async function explainNodes(
  kubectl: Kubectl,
  names: readonly string[],
  signal: AbortSignal,
  complaintOf: (name: string) => Promise<string>,
): Promise<{ readonly reasons: readonly string[]; readonly network: boolean }> {
  const { items } = await kubectl.get<NodeList>(['nodes'], { signal });
  const explain = async (name: string): Promise<readonly string[]> => {
    const node = items.find(({ metadata }) => metadata.name === name);
    if (node === undefined) {
      const words = await complaintOf(name).catch(() => '');
      return [`${name}: its kubelet has not registered it${words === '' ? '' : `, and says: ${words}`}`];
    }
    if (isReady(node.status)) return [];
    const { message = 'no word from its kubelet' } = conditionOf(node.status, 'Ready') ?? {};
    return [sanitizeLine(`${name}: ${message}`)];
  };
  const reasons = (await Promise.all(names.map(explain))).flat();
  return {
    reasons,
    network: reasons.some((reason) => /cni|network plugin|NetworkReady=false/i.test(reason)),
  };
}
