import { minorOf, newestFirst } from '../lib/version-order.ts';
import type { Finding } from '../report/model.ts';
import type { Cni, KubernetesClaim } from './cni.ts';

/** What is known of a version of a CNI with a version of Kubernetes. */
export interface Compatibility {
  /** `untested`: it was tested, but with other versions of Kubernetes. */
  readonly verdict: 'tested' | 'untested' | 'broken';
  readonly claim: KubernetesClaim;
}

/**
 * The first claim that fits decides. One of `tested` fits a version of the CNI, and says by its range which of the two
 * it is; one of `broken` or `passed` has nothing to say outside of its range, where the next one is asked.
 *
 * @param version of the CNI; `''` where versions mean nothing.
 * @param kubernetesVersion without `v`; `''` where it is not known.
 * @returns undefined where nobody says anything.
 */
export function compatibilityOf(
  { kubernetes }: Pick<Cni, 'kubernetes'>,
  version: string,
  kubernetesVersion: string,
): Compatibility | undefined {
  if (kubernetesVersion === '') return undefined;
  for (const claim of kubernetes) {
    if (!version.startsWith(claim.cni)) continue;
    const within = isWithin(claim, kubernetesVersion);
    if (claim.claim !== 'tested' && !within) continue;
    const good = within ? 'tested' : 'untested';
    return { verdict: claim.claim === 'broken' ? 'broken' : good, claim };
  }
  return undefined;
}

/** The same as a finding of preflight: an error where it is broken, a warning where it was not tested. */
export function compatibilityFindings(
  cni: Pick<Cni, 'kubernetes' | 'title'>,
  version: string,
  kubernetesVersion: string,
): readonly Finding[] {
  const { verdict, claim } = compatibilityOf(cni, version, kubernetesVersion) ?? {};
  if (verdict === 'tested' || claim === undefined) return [];
  const broken = verdict === 'broken';
  const what = `${cni.title} ${version}`.trim();
  const not = broken ? 'does not work' : 'was not tested';
  return [
    {
      id: 'cni-kubernetes',
      severity: broken ? 'error' : 'warning',
      message: `${what} ${not} with Kubernetes ${kubernetesVersion} (${claim.claim} with ${rangeOf(claim)}; source: ${claim.source})`,
      hint: 'choose another version of Kubernetes (kubernetes.version) or of the CNI (cni.version), or another CNI',
    },
  ];
}

function isWithin({ from, to }: KubernetesClaim, kubernetesVersion: string): boolean {
  const minor = minorOf(kubernetesVersion);
  const isBefore = (a: string, b: string): boolean => newestFirst(`${a}.0`, `${b}.0`) > 0;
  return !(from !== undefined && isBefore(minor, from)) && !(to !== undefined && isBefore(to, minor));
}

function rangeOf({ from, to }: KubernetesClaim): string {
  if (from !== undefined && to !== undefined) return from === to ? from : `${from} to ${to}`;
  if (from !== undefined) return `${from} and newer`;
  return to === undefined ? 'every version' : `${to} and older`;
}
