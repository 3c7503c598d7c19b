import type { PodRange } from '../../cni/cni.ts';
import type { Finding } from '../../report/model.ts';
import { canonicalCidr, contains, parseCidr, type Cidr } from '../../spec/cidr.ts';
import { rangesOf } from '../../lib/ip.ts';

/** Where a manifest of the user's does not go with the range that nodes get theirs of. */
export function podRangeFindings(ranges: readonly PodRange[], podCIDR: string): readonly Finding[] {
  return ranges
    .filter((range) => !agrees(range, podCIDR))
    .map(({ where, cidr, holdsNodes }) => ({
      id: 'manifest-pod-cidr',
      severity: holdsNodes ? 'error' : 'warning',
      message: `the manifest’s ${where} is ${cidr}, and cni.podCIDR is ${podCIDR}${holdsNodes ? ', so that pods get no addresses' : ''}`,
      hint: 'make them the same: change cni.podCIDR or the manifest',
    }));
}

function agrees({ cidr, holdsNodes }: PodRange, podCIDR: string): boolean {
  const range = parseCidr(canonicalCidr(cidr) ?? '');
  // Such as a variable that is filled in later.
  if (range === undefined) return true;
  return rangesOf(podCIDR).blocks.some((text) => {
    const block = parseCidr(text);
    if (block === undefined) return true;
    return holdsNodes ? isWithin(block, range) : isWithin(range, block);
  });
}

function isWithin(inner: Cidr, outer: Cidr): boolean {
  return inner.prefix >= outer.prefix && contains(outer, { family: inner.family, value: inner.base });
}
