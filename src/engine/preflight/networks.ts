import { isIPv6 } from 'node:net';
import { networkTracesOf } from '../../cni/index.ts';
import type { Facts } from '../../host/facts.ts';
import { matchesLink } from '../../host/reset/traces.ts';
import { canonicalCidr, overlap, parseCidr, type Cidr } from '../../spec/cidr.ts';
import type { ClusterSpec } from '../../spec/cluster-spec.ts';
import { rangesOf } from '../../lib/ip.ts';
import { found, isJoined, nothing, type HostCheck } from './check.ts';

/** The cluster's networks must not be where the hosts' own traffic goes. */
const cidrs: HostCheck = (host, { spec }) => {
  // A node has the cluster's own links and routes in these ranges.
  if (isJoined(host)) return nothing;
  const ours = (link: string): boolean =>
    networkTracesOf(spec.cni.name).some((name) => matchesLink(link, name));
  return clusterRanges(spec).flatMap(({ id, field, cidr }) => {
    const inTheWay = usesOf(host.facts, ours).filter(({ block }) => overlaps(cidr, block));
    // A network and the route to it are the same to people.
    const byBlock = Map.groupBy(inTheWay, ({ block }) => block);
    const names = [...byBlock].map(([block, [first]]) => `${block} (${first?.what ?? ''})`);
    return names.length === 0
      ? nothing
      : found(host, id, `${field} ${cidr} overlaps what the host itself uses: ${names.join(', ')}`, {
          hint: `choose another ${field}`,
        });
  });
};

interface ClusterRange {
  readonly id: string;
  readonly field: string;
  readonly cidr: string;
}

/** The blocks that the cluster takes, and the finding for one that is taken. */
export function clusterRanges({ cni, kubernetes }: ClusterSpec): readonly ClusterRange[] {
  return [
    { id: 'pod-cidr', field: 'cni.podCIDR', ranges: cni.podCIDR },
    { id: 'service-cidr', field: 'kubernetes.serviceCIDR', ranges: kubernetes.serviceCIDR },
  ].flatMap(({ id, field, ranges }) => rangesOf(ranges).blocks.map((cidr) => ({ id, field, cidr })));
}

/** Where a host's own traffic goes, as CIDRs or addresses. @param ours says which interfaces are the cluster's. */
function usesOf(
  { addresses, routes, nameservers }: Facts,
  ours: (link: string) => boolean,
): readonly { readonly block: string; readonly what: string }[] {
  return [
    ...addresses
      .filter(({ global, link }) => global && !ours(link) && !/^(veth|lxc|cali)/.test(link))
      .map(({ address, prefix, link }) => {
        const own = `${address}/${String(prefix)}`;
        return { block: canonicalCidr(own) ?? own, what: link };
      }),
    ...routes.map((block) => ({ block, what: 'a route' })),
    ...nameservers.map((block) => ({ block, what: 'a name server' })),
  ];
}

/** Whether two CIDRs or addresses share an address. What is neither (`default`, say) shares nothing. */
export function overlaps(a: string, b: string): boolean {
  const [one, other] = [blockOf(a), blockOf(b)];
  return one !== undefined && other !== undefined && overlap(one, other);
}

function blockOf(text: string): Cidr | undefined {
  const block = canonicalCidr(text.includes('/') ? text : `${text}/${isIPv6(text) ? '128' : '32'}`);
  return block === undefined ? undefined : parseCidr(block);
}

export const networkChecks: readonly HostCheck[] = [cidrs];
