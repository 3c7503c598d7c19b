import type { PodRange } from '../../cni/cni.ts';
import type { Finding } from '../../report/model.ts';
import { canonicalCidr, contains, parseCidr } from '../../spec/cidr.ts';

/** Where a manifest of the user's does not go with the range that nodes get theirs of. */
export function podRangeFindings(ranges: readonly PodRange[], podCIDR: string): readonly Finding[] {
  return ranges
    .filter(({ cidr, holdsNodes }) => (holdsNodes ? !isWithin(podCIDR, cidr) : !isWithin(cidr, podCIDR)))
    .map(({ where, cidr, holdsNodes }) => ({
      id: 'manifest-pod-cidr',
      severity: holdsNodes ? 'error' : 'warning',
      message: `the manifest’s ${where} is ${cidr}, and cni.podCIDR is ${podCIDR}${holdsNodes ? ', so that pods get no addresses' : ''}`,
      hint: 'make them the same: change cni.podCIDR or the manifest',
    }));
}

/** What is no range, such as a variable that is filled in later, is not judged. */
function isWithin(inner: string, outer: string): boolean {
  const [a, b] = [inner, outer].map((text) => parseCidr(canonicalCidr(text) ?? ''));
  if (a === undefined || b === undefined) return true;
  return a.prefix >= b.prefix && contains(b, { family: a.family, value: a.base });
}
