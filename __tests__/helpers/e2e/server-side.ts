import type { Runner } from '../../../src/exec/runner.ts';
import { isDefinition, renderManifest, type KubeObject } from '../../../src/kube/objects.ts';

/** What a real API server makes of the objects, without keeping them; kinds that they define stay. */
export async function serverSide(
  controlPlane: Runner | undefined,
  objects: readonly KubeObject[],
): Promise<readonly KubeObject[]> {
  const definitions = objects.filter(isDefinition);
  const others = objects.filter((object) => !isDefinition(object));
  const kubectl = async (args: readonly string[], input?: string): Promise<string> => {
    const options = { maxOutputBytes: 64 * 2 ** 20, ...(input === undefined ? {} : { input }) };
    // Its cache is in a folder that a reset removes.
    const argv = [
      'env',
      'HOME=/run/k8s-bootstrap',
      'kubectl',
      '--kubeconfig=/etc/kubernetes/admin.conf',
      ...args,
    ];
    return (await controlPlane?.run(argv, options))?.stdout ?? '';
  };
  const apply = ['apply', '--server-side', '--force-conflicts', '--field-manager=k8s-bootstrap'];
  if (definitions.length > 0) {
    await kubectl([...apply, '-f', '-'], renderManifest(definitions));
    await kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
  }
  const answer = await kubectl(
    [...apply, '--dry-run=server', '-o', 'json', '-f', '-'],
    renderManifest(others),
  );
  const { items } = JSON.parse(answer) as { readonly items: readonly KubeObject[] };
  return items;
}

/** The object as an API server keeps it: a namespace only where its kind has one. */
export function keptObject(object: KubeObject): object {
  const { namespace, ...metadata } = object.metadata;
  return kept(
    object.kind.startsWith('Cluster')
      ? { ...object, metadata }
      : { ...object, metadata: { ...metadata, namespace } },
  ) as object;
}

/** The value as an API server keeps it: what is null, false or empty need not be there. */
function kept(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(kept);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .map(([key, inner]): [string, unknown] => [key, kept(inner)])
    .filter(([, inner]) => !isNothing(inner));
  return Object.fromEntries(entries);
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
