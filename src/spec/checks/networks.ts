import { parseIp } from '../address.ts';
import { contains, overlap, parseCidr, type Cidr } from '../cidr.ts';
import type { ClusterSpec } from '../cluster-spec.ts';
import type { Path, Problem } from '../problem.ts';

/** The networks must suit Kubernetes, keep apart, and leave room. */
export function checkNetworks({ kubernetes, cni, hosts }: ClusterSpec): readonly Problem[] {
  const pods = parseCidr(cni.podCIDR);
  const services = parseCidr(kubernetes.serviceCIDR);
  if (pods === undefined || services === undefined) return [];
  const problems = [...checkPods(pods, hosts.length), ...checkServices(services)];
  if (pods.family !== services.family) {
    problems.push({
      path: podPath,
      what: `cni.podCIDR ${cni.podCIDR} and kubernetes.serviceCIDR ${kubernetes.serviceCIDR} are not of one IP family`,
    });
  }
  if (overlap(pods, services)) {
    problems.push({
      path: podPath,
      what: `cni.podCIDR ${cni.podCIDR} and kubernetes.serviceCIDR ${kubernetes.serviceCIDR} overlap`,
      fix: 'choose ranges that have nothing in common',
    });
  }
  for (const [index, { internalAddress }] of hosts.entries()) {
    const ip = parseIp(internalAddress ?? '');
    if (ip === undefined || ip.family === pods.family) continue;
    problems.push({
      path: ['hosts', index, 'internalAddress'],
      what: `${internalAddress ?? ''} is IPv${String(ip.family)}, and cni.podCIDR ${cni.podCIDR} is not`,
      fix: `give the host’s IPv${String(pods.family)} address, or leave it out`,
    });
  }
  for (const [name, block, text] of [
    ['cni.podCIDR', pods, cni.podCIDR],
    ['kubernetes.serviceCIDR', services, kubernetes.serviceCIDR],
  ] as const) {
    for (const [index, host] of hosts.entries()) {
      for (const field of ['address', 'internalAddress'] as const) {
        const ip = parseIp(host[field] ?? '');
        if (ip === undefined || !contains(block, ip)) continue;
        problems.push({
          path: ['hosts', index, field],
          what: `${host[field] ?? ''} lies in ${name} ${text}`,
          fix: `choose a ${name} outside of the hosts’ network`,
        });
      }
    }
  }
  return problems;
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
