import { parseIp } from '../address.ts';
import { contains, overlap, parseCidr, type Cidr } from '../cidr.ts';
import type { ClusterSpec } from '../cluster-spec.ts';
import type { Path, Problem } from '../problem.ts';
import { rangesOf } from '../../lib/ip.ts';

/** The networks must suit Kubernetes, keep apart, and leave room. */
export function checkNetworks({ kubernetes, cni, hosts }: ClusterSpec): readonly Problem[] {
  const pods = blocksOf('cni.podCIDR', cni.podCIDR);
  const services = blocksOf('kubernetes.serviceCIDR', kubernetes.serviceCIDR);
  return [
    ...pods.flatMap(({ cidr }) => checkPods(cidr, hosts.length)),
    ...services.flatMap(({ cidr }) => checkServices(cidr)),
    ...checkFamilies(pods, services),
    ...pods.flatMap((one) => services.flatMap((other) => checkApart(one, other))),
    ...hosts.flatMap(({ internalAddress }, index) => checkInternal(internalAddress, pods, index)),
    ...[...pods, ...services].flatMap((block) => checkOutside(block, hosts)),
  ];
}

interface Block {
  readonly field: 'cni.podCIDR' | 'kubernetes.serviceCIDR';
  readonly text: string;
  readonly cidr: Cidr;
}

function blocksOf(field: Block['field'], text: string): readonly Block[] {
  return rangesOf(text).blocks.flatMap((block) => {
    const cidr = parseCidr(block);
    return cidr === undefined ? [] : [{ field, text: block, cidr }];
  });
}

const familiesOf = (blocks: readonly Block[]): string =>
  blocks.map(({ cidr }) => `IPv${String(cidr.family)}`).join(' and ');

/** Kubernetes takes the first family of both as the primary one. */
function checkFamilies(pods: readonly Block[], services: readonly Block[]): readonly Problem[] {
  const [wanted, has] = [familiesOf(pods), familiesOf(services)];
  if (wanted === has) return [];
  return [
    {
      path: ['kubernetes', 'serviceCIDR'],
      what: `is ${has}, and cni.podCIDR is ${wanted}`,
      fix: `give it ranges of ${wanted}, in this order, or leave it out`,
    },
  ];
}

function checkApart(one: Block, other: Block): readonly Problem[] {
  if (!overlap(one.cidr, other.cidr)) return [];
  const what = `${one.field} ${one.text} and ${other.field} ${other.text} overlap`;
  return [{ path: podPath, what, fix: 'choose ranges that have nothing in common' }];
}

function checkInternal(
  addresses: string | undefined,
  pods: readonly Block[],
  index: number,
): readonly Problem[] {
  if (addresses === undefined) return [];
  const families = familiesOf(pods);
  return rangesOf(addresses).blocks.flatMap((address) => {
    const ip = parseIp(address);
    if (ip === undefined || pods.some(({ cidr }) => cidr.family === ip.family)) return [];
    const what = `${address} is IPv${String(ip.family)}, and cni.podCIDR is ${families}`;
    return [
      {
        path: ['hosts', index, 'internalAddress'],
        what,
        fix: `give the host’s ${families} address, or leave it out`,
      },
    ];
  });
}

function checkOutside({ field, text, cidr }: Block, hosts: ClusterSpec['hosts']): readonly Problem[] {
  return hosts.flatMap((host, index) =>
    (['address', 'internalAddress'] as const).flatMap((name) =>
      rangesOf(host[name] ?? '').blocks.flatMap((address) => {
        const ip = parseIp(address);
        if (ip === undefined || !contains(cidr, ip)) return [];
        const what = `${address} lies in ${field} ${text}`;
        return [
          { path: ['hosts', index, name], what, fix: `choose a ${field} outside of the hosts’ network` },
        ];
      }),
    ),
  );
}

const podPath: Path = ['cni', 'podCIDR'];

/** The controller manager hands every node a /24 (IPv6: /64), and its bitmap is 16 bits wide at most. */
function checkPods({ family, prefix }: Cidr, hosts: number): Problem[] {
  const node = family === 4 ? 24 : 64;
  if (prefix < node - 16)
    return [{ path: podPath, what: `is too large; /${String(node - 16)} to /${String(node)}` }];
  const room = prefix > node ? 0 : 2 ** (node - prefix);
  if (room >= Math.max(1, hosts)) return [];
  const needed = node - Math.ceil(Math.log2(Math.max(1, hosts)));
  const what = `has room for ${String(room)} nodes at a /${String(node)} each, and there are ${String(hosts)}`;
  return [{ path: podPath, what, fix: `make it a /${String(needed)} or larger` }];
}

/** The API server takes at most 20 bits of services; fewer than four are too few for Kubernetes’ own. */
function checkServices({ family, prefix }: Cidr): Problem[] {
  const [from, to] = family === 4 ? [12, 28] : [108, 124];
  if (prefix >= from && prefix <= to) return [];
  const what = `is a /${String(prefix)}, which is too ${prefix < from ? 'large' : 'small'}`;
  return [
    { path: ['kubernetes', 'serviceCIDR'], what, fix: `choose between /${String(from)} and /${String(to)}` },
  ];
}
