import { createHash } from 'node:crypto';
import { isRecord } from '../lib/record.ts';
import type { Kubectl } from './kubectl.ts';
import { renderManifest, type KubeObject } from './objects.ts';

/** One object of a CNI's, as far as it takes to delete it. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** What the cluster itself remembers of its network, in the ConfigMap kube-system/k8s-bootstrap. */
export interface Inventory {
  /** A name of the CNI registry. */
  readonly cni: string;
  readonly version: string;
  /** Of everything that was applied: another one means another network. */
  readonly fingerprint: string;
  readonly objects: readonly ObjectRef[];
  /** It is being taken away; whatever is still there is not to be relied on. */
  readonly removing: boolean;
  /** Nodes that a run cordoned, and that are to take pods again. */
  readonly cordoned: readonly string[];
}

const NAMESPACE = 'kube-system';
const NAME = 'k8s-bootstrap';

/** Hex sha256 of the objects as they are applied. */
export function fingerprintOf(objects: readonly KubeObject[]): string {
  return createHash('sha256').update(renderManifest(objects)).digest('hex');
}

export function refsOf(objects: readonly KubeObject[]): readonly ObjectRef[] {
  return objects.map(({ apiVersion, kind, metadata: { name, namespace } }) => ({
    apiVersion,
    kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
  }));
}

/** @returns undefined where there is none, or none that can be read: then nobody knows what is installed. */
export async function readInventory(kubectl: Kubectl, signal: AbortSignal): Promise<Inventory | undefined> {
  const args = [
    '-n',
    NAMESPACE,
    'get',
    'configmap',
    NAME,
    '--ignore-not-found',
    '-o',
    'jsonpath={.data.cni}',
  ];
  const { stdout } = await kubectl.run(args, { signal });
  return parse(stdout);
}

export async function writeInventory(
  kubectl: Kubectl,
  inventory: Inventory,
  signal: AbortSignal,
): Promise<void> {
  const configMap: KubeObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: NAME, namespace: NAMESPACE },
    data: { cni: JSON.stringify(inventory) },
  };
  await kubectl.apply([configMap], { signal });
}

function parse(text: string): Inventory | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value) || typeof value['cni'] !== 'string' || !Array.isArray(value['objects']))
      return undefined;
    return value as unknown as Inventory;
  } catch {
    return undefined;
  }
}
