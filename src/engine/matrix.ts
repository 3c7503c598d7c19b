import { versionsOfImages } from '../artifacts/kind-nodes.ts';
import {
  resolveKubernetesVersion,
  supportedMinors,
  versionsOfTables,
  type KnownVersions,
} from '../artifacts/versions.ts';
import type { Cni } from '../cni/cni.ts';
import { compatibilityFindings } from '../cni/compatibility.ts';
import { defaultVersionOf } from '../cni/default-version.ts';
import { BootstrapError } from '../lib/errors.ts';
import type { ProviderName } from '../spec/cluster-spec.ts';

/** A cluster to make, as inputs of the Action. */
export interface MatrixCell {
  readonly cni: string;
  /** `default` where versions mean nothing. */
  readonly 'cni-version': string;
  /** Exact; of what is left out as it was asked for. */
  readonly 'kubernetes-version': string;
  readonly provider: ProviderName;
}

export interface Matrix {
  readonly include: readonly MatrixCell[];
  /** Clusters that cannot be, and why. */
  readonly excluded: readonly (MatrixCell & { readonly reason: string })[];
}

export interface MatrixOptions {
  readonly cnis: readonly Cni[];
  readonly providers: readonly ProviderName[];
  /** In the words of `kubernetes.version`; none: the newest of every supported minor. */
  readonly kubernetesVersions: readonly string[];
  /** Path of the user's checksum file. */
  readonly checksums: string | undefined;
}

/**
 * Every provider with every network and every version of Kubernetes, each once. Contacts nobody.
 *
 * @throws BootstrapError `E_SPEC` for a bad checksum file.
 */
export function compatibilityMatrix(options: MatrixOptions): Matrix {
  const { cnis, providers, kubernetesVersions: wanted, checksums } = options;
  const include = new Map<string, MatrixCell>();
  const excluded = new Map<string, Matrix['excluded'][number]>();
  for (const provider of providers) {
    const known = provider === 'kind' ? versionsOfImages(checksums) : versionsOfTables(checksums);
    for (const cni of cnis) {
      for (const asked of wanted.length === 0 ? supportedMinors : wanted) {
        const { version, reason } = look(cni, asked, known);
        const cell = {
          cni: cni.name,
          'cni-version': defaultVersionOf(cni) || 'default',
          'kubernetes-version': version,
          provider,
        };
        const key = JSON.stringify(cell);
        if (reason === undefined) include.set(key, cell);
        else excluded.set(key, { ...cell, reason });
      }
    }
  }
  return { include: [...include.values()], excluded: [...excluded.values()] };
}

/** The exact version, and what is in the way of a cluster of it. */
function look(
  cni: Cni,
  asked: string,
  versions: KnownVersions,
): { readonly version: string; readonly reason?: string | undefined } {
  let version: string;
  try {
    version = resolveKubernetesVersion(asked, versions);
  } catch (error) {
    if (error instanceof BootstrapError) return { version: asked, reason: error.message };
    throw error;
  }
  if (!versions.known.includes(version)) {
    return { version, reason: `no ${versions.mark} is known of Kubernetes ${version}` };
  }
  const [finding] = compatibilityFindings(cni, defaultVersionOf(cni), version);
  return { version, reason: finding?.severity === 'error' ? finding.message : undefined };
}
