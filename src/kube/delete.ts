import type { Kubectl } from './kubectl.ts';
import type { ObjectRef } from './inventory.ts';
import { isDefinition, renderManifest } from './objects.ts';

/** Namespaces go last of all, custom resource definitions before them: what is in either goes with it. */
const rank = (ref: ObjectRef): number => (ref.kind === 'Namespace' ? 2 : isDefinition(ref) ? 1 : 0);

/** Deletes objects, those applied last first, and waits until their pods are gone. What is not there is no error. */
export async function deleteObjects(
  kubectl: Kubectl,
  refs: readonly ObjectRef[],
  signal: AbortSignal,
): Promise<void> {
  for (const wanted of [0, 1, 2]) {
    const some = refs.filter((ref) => rank(ref) === wanted).reverse();
    if (some.length === 0) continue;
    const input = renderManifest(
      some.map(({ apiVersion, kind, name, namespace }) => ({
        apiVersion,
        kind,
        metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
      })),
    );
    const args = ['delete', '--ignore-not-found', '--cascade=foreground', '--timeout=120s', '-f', '-'];
    await kubectl.run(args, { input, signal, timeoutMs: 150_000 });
  }
}

/** Deletes custom resource definitions that a CNI made by itself, and with them its objects. @param groups such as `cilium.io`. */
export async function deleteCustomResources(
  kubectl: Kubectl,
  groups: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  if (groups.length === 0) return;
  const { stdout } = await kubectl.run(['get', 'crd', '-o', 'name'], { signal });
  const own = stdout.split('\n').filter((name) => groups.some((group) => name.endsWith(`.${group}`)));
  if (own.length === 0) return;
  await kubectl.run(['delete', '--ignore-not-found', '--timeout=120s', ...own], {
    signal,
    timeoutMs: 150_000,
  });
}
