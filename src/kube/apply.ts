import { CommandError } from '../exec/command-error.ts';
import type { Clock } from '../lib/clock.ts';
import { retry } from '../lib/retry.ts';
import type { Kubectl } from './kubectl.ts';
import { isDefinition, type KubeObject } from './objects.ts';

/** How long the API server may take to serve a new kind. */
const SERVED_WITHIN_MS = 60_000;

/**
 * Applies the objects. Where some are of a kind that others of them define, the definitions go first and are waited for,
 * since the API server refuses what it does not know yet.
 *
 * @throws CommandError for what kubectl says.
 */
export async function applyInOrder(
  kubectl: Kubectl,
  objects: readonly KubeObject[],
  { signal, clock }: { readonly signal: AbortSignal; readonly clock: Clock },
): Promise<void> {
  const needed = definitionsInUse(objects);
  if (needed.length === 0) return kubectl.apply(objects, { signal });
  await kubectl.apply(objects.filter(isDefinition), { signal });
  const names = needed.map(({ metadata }) => `crd/${metadata.name}`);
  const wait = [
    'wait',
    ...names,
    '--for=condition=Established',
    `--timeout=${String(SERVED_WITHIN_MS / 1000)}s`,
  ];
  await kubectl.run(wait, { signal });
  const others = objects.filter((object) => !isDefinition(object));
  // An established kind appears in the API server's discovery a moment later.
  await retry(() => kubectl.apply(others, { signal }), {
    clock,
    signal,
    deadlineMs: SERVED_WITHIN_MS,
    retryable: (error) =>
      error instanceof CommandError && error.result.stderr.includes('no matches for kind'),
  });
}

/** The definitions that other objects are of. */
function definitionsInUse(objects: readonly KubeObject[]): readonly KubeObject[] {
  const used = new Set(objects.map(({ apiVersion, kind }) => `${apiVersion.split('/')[0] ?? ''} ${kind}`));
  return objects.filter((object) => {
    if (!isDefinition(object)) return false;
    const { group, names } = object['spec'] as {
      readonly group: string;
      readonly names: { readonly kind: string };
    };
    return used.has(`${group} ${names.kind}`);
  });
}
