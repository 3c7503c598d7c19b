import type { Kubectl } from './kubectl.ts';

/** A pod with a network of its own. */
export interface MovablePod {
  readonly namespace: string;
  readonly name: string;
  /** Something makes it anew when it is deleted, or it is being deleted already. */
  readonly controlled: boolean;
}

interface PodList {
  readonly items: readonly {
    readonly metadata: {
      readonly name: string;
      readonly namespace: string;
      readonly deletionTimestamp?: string;
      readonly ownerReferences?: readonly { readonly controller?: boolean }[];
    };
    readonly spec: { readonly hostNetwork?: boolean; readonly nodeName?: string };
    readonly status: { readonly phase?: string };
  }[];
}

/** Pods on nodes whose network is the CNI's: not those that ended, unless they are being deleted and may still have it. */
export async function movablePods(kubectl: Kubectl, signal: AbortSignal): Promise<readonly MovablePod[]> {
  const { items } = await kubectl.get<PodList>(['pods', '--all-namespaces'], { signal });
  return items
    .filter(
      ({ metadata, spec, status }) =>
        spec.hostNetwork !== true &&
        spec.nodeName !== undefined &&
        (metadata.deletionTimestamp !== undefined || !['Succeeded', 'Failed'].includes(status.phase ?? '')),
    )
    .map(({ metadata: { namespace, name, deletionTimestamp, ownerReferences = [] } }) => ({
      namespace,
      name,
      controlled:
        deletionTimestamp !== undefined || ownerReferences.some(({ controller }) => controller === true),
    }));
}

/** Deletes those that something makes anew, and waits until they are gone. */
export async function restartPods(
  kubectl: Kubectl,
  pods: readonly MovablePod[],
  signal: AbortSignal,
): Promise<{ readonly stopped: number; readonly bare: readonly string[] }> {
  const controlled = pods.filter((pod) => pod.controlled);
  await Promise.all(
    Object.entries(Object.groupBy(controlled, ({ namespace }) => namespace)).map(([namespace, some = []]) =>
      kubectl.run(
        [
          '-n',
          namespace,
          'delete',
          'pod',
          '--ignore-not-found',
          '--timeout=120s',
          ...some.map(({ name }) => name),
        ],
        { signal, timeoutMs: 150_000 },
      ),
    ),
  );
  const bare = pods.filter((pod) => !pod.controlled).map(({ namespace, name }) => `${namespace}/${name}`);
  return { stopped: controlled.length, bare };
}

/** Lets no more pods onto any node. @returns names of the nodes that took pods before. */
export async function cordon(kubectl: Kubectl, signal: AbortSignal): Promise<readonly string[]> {
  interface NodeList {
    readonly items: readonly {
      readonly metadata: { readonly name: string };
      readonly spec: { readonly unschedulable?: boolean };
    }[];
  }
  const { items } = await kubectl.get<NodeList>(['nodes'], { signal });
  const open = items.filter(({ spec }) => spec.unschedulable !== true).map(({ metadata }) => metadata.name);
  if (open.length > 0) await kubectl.run(['cordon', ...open], { signal });
  return open;
}

/** Nodes that are gone meanwhile are no error. */
export async function uncordon(
  kubectl: Kubectl,
  nodes: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { stdout } = await kubectl.run(['get', 'nodes', '-o', 'name'], { signal });
  const there = nodes.filter((name) => stdout.split('\n').includes(`node/${name}`));
  if (there.length > 0) await kubectl.run(['uncordon', ...there], { signal });
}
