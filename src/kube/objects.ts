import { parseAllDocuments, stringify } from 'yaml';
import { BootstrapError } from '../lib/errors.ts';

/** A Kubernetes object as far as we look into it. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** Whether the object defines a kind of others. */
export function isDefinition({ kind }: Pick<KubeObject, 'kind'>): boolean {
  return kind === 'CustomResourceDefinition';
}

/** The objects of a multi-document manifest; `List`s are flattened, empty documents dropped. @throws `E_CNI`-coded BootstrapError. */
export function parseManifest(text: string, name: string): readonly KubeObject[] {
  const documents = parseAllDocuments(text, { maxAliasCount: 100 } as object);
  const list = 'empty' in documents ? [] : documents;
  return list.flatMap((document) => {
    const [problem] = document.errors;
    if (problem !== undefined) {
      throw new BootstrapError('E_CNI', `${name} is not valid YAML: ${problem.message.split('\n')[0] ?? ''}`);
    }
    return flatten(document.toJS({ maxAliasCount: 100 }), name);
  });
}

function flatten(value: unknown, name: string): readonly KubeObject[] {
  if (value === null || value === undefined) return [];
  const { kind, items } = value as { readonly kind?: unknown; readonly items?: unknown };
  if (kind === 'List' && Array.isArray(items)) return items.flatMap((item) => flatten(item, name));
  if (!isObject(value))
    throw new BootstrapError('E_CNI', `${name} holds something that is no Kubernetes object`);
  return [value];
}

function isObject(value: unknown): value is KubeObject {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, apiVersion, metadata } = value as Partial<KubeObject>;
  return typeof kind === 'string' && typeof apiVersion === 'string' && typeof metadata?.name === 'string';
}

/** The objects as one manifest for `kubectl apply -f -`. */
export function renderManifest(objects: readonly KubeObject[]): string {
  return objects.map((object) => stringify(object, { aliasDuplicateObjects: false })).join('---\n');
}

/** Every container image that the objects name, each once. */
export function imagesOf(objects: readonly KubeObject[]): readonly string[] {
  const images = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        if (/^(initC|c|ephemeralC)ontainers$/.test(key) && Array.isArray(inner)) {
          for (const container of inner as { image?: unknown }[]) {
            if (typeof container.image === 'string') images.add(container.image);
          }
        } else visit(inner);
      }
    }
  };
  visit(objects);
  return [...images];
}

/** A controller whose rollout says whether a component is ready. */
export interface Workload {
  readonly kind: 'DaemonSet' | 'Deployment' | 'StatefulSet';
  readonly namespace: string;
  readonly name: string;
}

export function workloadsOf(objects: readonly KubeObject[]): readonly Workload[] {
  return objects.flatMap(({ kind, metadata }) =>
    kind === 'DaemonSet' || kind === 'Deployment' || kind === 'StatefulSet'
      ? [{ kind, namespace: metadata.namespace ?? 'default', name: metadata.name }]
      : [],
  );
}

/** The reference with its registry and tag spelt out, as containerd stores it: `nginx` → `docker.io/library/nginx:latest`. */
export function normalizeImage(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const hasRegistry =
    rest.length > 0 && (first.includes('.') || first.includes(':') || first === 'localhost');
  const path = hasRegistry ? image : rest.length > 0 ? `docker.io/${image}` : `docker.io/library/${image}`;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.includes(':') || name.includes('@') ? path : `${path}:latest`;
}
