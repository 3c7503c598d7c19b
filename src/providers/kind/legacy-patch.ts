import { isRecord } from '../../lib/record.ts';
import type { KubeadmPatch } from '../../spec/cluster-spec.ts';

/** A partial kubeadm document. */
export type Patch = KubeadmPatch;

/** The first minor for which kind writes kubeadm's v1beta4; before it, it writes v1beta3 also where kubeadm knows more. */
const FIRST_V1BETA4 = 36;

/** Patches are written for v1beta4 whatever the provider; here arguments become the maps that v1beta3 has in place of lists. */
export function legacyPatch(patch: KubeadmPatch, kubernetesVersion: string | undefined): Patch {
  const minor = Number(/^1\.(\d+)/.exec(kubernetesVersion ?? '')?.[1] ?? FIRST_V1BETA4);
  return minor >= FIRST_V1BETA4 ? patch : (withMaps(patch) as Patch);
}

function withMaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMaps);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      /^(extraArgs|kubeletExtraArgs)$/.test(key) && Array.isArray(inner)
        ? argumentMap(inner)
        : withMaps(inner),
    ]),
  );
}

function argumentMap(list: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(
    list.filter(isRecord).map(({ name, value }) => [typeof name === 'string' ? name : '', value]),
  );
}
