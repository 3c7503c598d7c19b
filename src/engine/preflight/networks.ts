import { isIPv6 } from 'node:net';
import { networkTracesOf } from '../../cni/index.ts';
import { canonicalCidr, overlap, parseCidr, type Cidr } from '../../spec/cidr.ts';
import { found, isJoined, nothing, type HostCheck } from './check.ts';

/** The cluster's networks must not be where the hosts' own traffic goes. */
const cidrs: HostCheck = (host, { spec }) => {
  // A node has the cluster's own links and routes in these ranges.
  if (isJoined(host)) return nothing;
  const ours = (link: string): boolean =>
    networkTracesOf(spec.cni.name).some((name) =>
      name.endsWith('*') ? link.startsWith(name.slice(0, -1)) : link === name,
    );
  const ranges = [
    { id: 'pod-cidr', field: 'cni.podCIDR', cidr: spec.cni.podCIDR },
    { id: 'service-cidr', field: 'kubernetes.serviceCIDR', cidr: spec.kubernetes.serviceCIDR },
  ];
  return ranges.flatMap(({ id, field, cidr }) => {
    const used = host.facts.addresses.filter(
      ({ global, link }) => global && !ours(link) && !/^(veth|lxc|cali)/.test(link),
    );
    const address = used.find((candidate) =>
      overlaps(cidr, `${candidate.address}/${String(candidate.prefix)}`),
    );
    const route = host.facts.routes.find((destination) => overlaps(cidr, destination));
    const hit =
      address === undefined ? route : `${address.address}/${String(address.prefix)} on ${address.link}`;
    return hit === undefined
      ? nothing
      : found(host, id, `${field} ${cidr} overlaps the host's own network ${hit}`, {
          hint: `choose another ${field}`,
        });
  });
};

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
