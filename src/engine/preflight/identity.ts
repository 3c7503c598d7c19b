import { BlockList, isIPv6 } from 'node:net';
import type { Host } from '../../host/host.ts';
import { networkTracesOf } from '../../cni/index.ts';
import { found, isJoined, nothing, type ClusterCheck, type HostCheck } from './check.ts';

/** Values that must be each host's own. */
const identities: readonly { id: string; what: string; of: (host: Host) => string; hint: string }[] = [
  {
    id: 'node-name',
    what: 'node name',
    of: (host) => host.nodeName,
    hint: 'give the hosts names of their own (hosts[].name)',
  },
  {
    id: 'machine-id',
    what: '/etc/machine-id',
    of: (host) => host.facts.machineId,
    hint: 'the machines are clones: rm /etc/machine-id && systemd-machine-id-setup on one of them',
  },
  {
    id: 'internal-address',
    what: 'internal address',
    of: (host) => host.internalAddress,
    hint: 'set hosts[].internalAddress to the address that the other nodes reach it at',
  },
];

const unique: ClusterCheck = ({ hosts }) =>
  identities.flatMap(({ id, what, of, hint }) => {
    const groups = Map.groupBy(hosts, of);
    return [...groups].flatMap(([value, same]) => {
      const [first, ...others] = same;
      if (first === undefined || others.length === 0) return nothing;
      const list = others.map((host) => host.address).join(', ');
      return found(first, id, `shares its ${what} (${value || 'empty'}) with ${list}`, { hint });
    });
  });

const architecture: ClusterCheck = ({ hosts }) => {
  const [first, ...others] = hosts;
  const other = others.find((host) => host.facts.arch !== first?.facts.arch);
  return first === undefined || other === undefined
    ? nothing
    : found(
        other,
        'mixed-architectures',
        `is ${other.facts.arch ?? 'unknown'}, while ${first.address} is ${first.facts.arch ?? 'unknown'}`,
        {
          hint: 'use hosts of one architecture',
        },
      );
};

const cgroups: ClusterCheck = ({ hosts }) => {
  const [first, ...others] = hosts;
  const other = others.find((host) => host.facts.cgroup !== first?.facts.cgroup);
  return first === undefined || other === undefined
    ? nothing
    : found(
        other,
        'mixed-cgroups',
        `has cgroup ${other.facts.cgroup}, while ${first.address} has ${first.facts.cgroup}`,
        {
          hint: 'boot all hosts with the same cgroup version',
        },
      );
};

/** A cluster without its first control plane is no cluster that hosts could be added to, nor one to make anew. */
const membership: ClusterCheck = ({ hosts }) => {
  const first = hosts.find((host) => host.isControlPlane);
  const joined = hosts.find((host) => isJoined(host));
  return first === undefined || joined === undefined || isJoined(first)
    ? nothing
    : found(
        joined,
        'membership',
        `belongs to a cluster of that name already, but ${first.address} does not`,
        {
          hint: 'list its first control plane first, or run `k8s-bootstrap down` on all hosts',
        },
      );
};

const names: HostCheck = (host) =>
  /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(host.nodeName)
    ? nothing
    : found(host, 'node-name', `its host name cannot be a node name: ${JSON.stringify(host.nodeName)}`, {
        hint: 'set hosts[].name, or a host name of lower-case letters, digits and `-`',
      });

/** The cluster's networks must not be where the hosts' own traffic goes. */
const cidrs: HostCheck = (host, { spec }) => {
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
    const route = isJoined(host)
      ? undefined
      : host.facts.routes.find((destination) => overlaps(cidr, destination));
    const hit =
      address === undefined ? route : `${address.address}/${String(address.prefix)} on ${address.link}`;
    return hit === undefined
      ? nothing
      : found(host, id, `${field} ${cidr} overlaps the host's own network ${hit}`, {
          hint: `choose another ${field}`,
        });
  });
};

/** Whether two CIDRs share an address. What is not a CIDR or an address shares nothing. */
function overlaps(a: string, b: string): boolean {
  return holds(a, b) || holds(b, a);
}

function holds(cidr: string, other: string): boolean {
  const [network = '', prefix] = cidr.split('/');
  const [address = ''] = other.split('/');
  const family = isIPv6(network) ? 'ipv6' : 'ipv4';
  if (isIPv6(address) !== (family === 'ipv6')) return false;
  try {
    const list = new BlockList();
    list.addSubnet(network, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family);
    return list.check(address, family);
  } catch {
    return false;
  }
}

export const identityChecks: readonly HostCheck[] = [names, cidrs];
export const clusterChecks: readonly ClusterCheck[] = [unique, architecture, cgroups, membership];
