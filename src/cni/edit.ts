import type { KubeObject } from '../kube/objects.ts';
import { BootstrapError } from '../lib/errors.ts';

/** What is done with one object of a manifest. */
export interface Edit {
  readonly kind: string;
  readonly name: string;
  readonly change: (object: KubeObject) => KubeObject;
}

/**
 * A CNI's objects with these edits made; those that no edit is about stay as they are.
 * @param title the CNI's, for the error.
 * @throws BootstrapError `E_CNI` unless each edit finds its one object.
 */
export function edited(
  objects: readonly KubeObject[],
  title: string,
  edits: readonly Edit[],
): readonly KubeObject[] {
  const isAbout = ({ kind, name }: Edit, object: KubeObject): boolean =>
    object.kind === kind && object.metadata.name === name;
  for (const edit of edits) {
    const found = objects.filter((object) => isAbout(edit, object)).length;
    if (found === 1) continue;
    const what = `${found === 0 ? 'no' : 'more than one'} ${edit.kind} ${edit.name}`;
    throw new BootstrapError('E_CNI', `the ${title} manifest has ${what}`);
  }
  return objects.map((object) =>
    edits.reduce((result, edit) => (isAbout(edit, object) ? edit.change(result) : result), object),
  );
}

/**
 * A ConfigMap with one of its JSON texts changed.
 * @throws BootstrapError `E_CNI` where there is no such text, or it is no JSON.
 */
export function withJson(
  configMap: KubeObject,
  key: string,
  change: (value: Readonly<Record<string, unknown>>) => object,
): KubeObject {
  const data = configMap['data'] as Readonly<Record<string, string>> | undefined;
  const text = data?.[key];
  if (text === undefined)
    throw new BootstrapError('E_CNI', `the ConfigMap ${configMap.metadata.name} has no ${key}`);
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw new BootstrapError('E_CNI', `${key} of the ConfigMap ${configMap.metadata.name} is no JSON`, {
      cause,
    });
  }
  return { ...configMap, data: { ...data, [key]: JSON.stringify(change(value), undefined, 2) } };
}
