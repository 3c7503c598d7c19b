import { describe, expect, test } from '@jest/globals';
import { withIgnored } from '../../../src/engine/preflight/ignored.ts';
import { findings } from '../../../src/engine/preflight/index.ts';
import type { Facts } from '../../../src/host/facts.ts';
import type { HostState } from '../../../src/host/state.ts';
import type { ClusterSpec } from '../../../src/spec/cluster-spec.ts';
import { fakeCluster, fakeFacts, fakeHost } from '../../helpers/cluster.ts';
import { hostState } from '../../helpers/host-state.ts';

/** How the second host (a worker, or of the given spec) differs from a healthy one. */
interface Case {
  readonly facts?: Partial<Facts>;
  readonly state?: HostState;
  readonly host?: object;
  readonly with?: Partial<ClusterSpec>;
  /** The first host is changed, a control plane. */
  readonly first?: true;
  /** The first host is a node of the cluster already. */
  readonly made?: true;
}

function findingsOf({ facts = {}, state, host = {}, first, made, with: changes = {} }: Case) {
  const hosts = [fakeHost(0, true), fakeHost(1, false)].map((spec, index) =>
    index === (first ? 0 : 1) ? { ...spec, ...host } : spec,
  );
  const { cluster, spec } = fakeCluster({ with: { hosts, ...changes } });
  const index = first ? 0 : 1;
  if (made) cluster.controlPlane.state = member({ role: 'control-plane' });
  const changed = cluster.hosts[index];
  if (changed === undefined) throw new TypeError('two hosts');
  changed.learn(fakeFacts(index, facts));
  changed.state = state;
  return withIgnored(findings({ spec, hosts: cluster.hosts, kubernetesVersion: '1.36.3' }), spec);
}

const member = (changes: Partial<HostState> = {}) => hostState({ phase: 'member', ...changes });
const spec = fakeCluster().spec;
const global = { link: 'eth1', family: 4, prefix: 16, global: true } as const;
const inPods = { ...global, address: '10.244.7.1' };

const errors: [id: string, given: Case, message: string][] = [
  ['cpu', { first: true, facts: { cpus: 1 } }, '1 CPU'],
  ['memory', { first: true, facts: { memoryBytes: 2 ** 30 } }, '1.0 GiB of memory'],
  ['disk', { facts: { diskFreeBytes: 2 ** 30 } }, '1.0 GiB free'],
  [
    'architecture',
    { facts: { arch: undefined }, first: true, with: { hosts: [fakeHost(0, true)] } },
    'neither x86_64 nor aarch64',
  ],
  ['systemd', { facts: { systemd: false } }, 'not booted with systemd'],
  ['tools', { facts: { tools: fakeFacts().tools.filter((tool) => tool !== 'ip') } }, 'missing programs: ip'],
  ['bridge-netfilter', { facts: { bridgeNetfilter: false } }, 'no bridge netfilter'],
  [
    'ipv6-disabled',
    {
      first: true,
      with: { hosts: [fakeHost(0, true)], cni: { ...spec.cni, podCIDR: 'fd01::/48' } },
      facts: {
        primaryAddresses: { 4: undefined, 6: 'fd00::2' },
        sysctls: { 'net.ipv6.conf.default.disable_ipv6': '1' },
      },
    },
    'get no IPv6 (net.ipv6.conf.default.disable_ipv6 is 1)',
  ],
  ['clock', { facts: { clockOffsetMs: -40_000 } }, 'off by -40 s'],
  ['clock', { facts: { clockOffsetMs: Number.NaN } }, 'clock is off'],
  ['foreign-cluster', { state: hostState({ cluster: 'other' }) }, 'the cluster "other"'],
  [
    'foreign-cluster',
    { facts: { clusterFiles: ['/etc/kubernetes/kubelet.conf'] } },
    '/etc/kubernetes/kubelet.conf',
  ],
  ['role-changed', { made: true, state: member({ role: 'control-plane' }) }, 'control-plane of this cluster'],
  ['state', { facts: { state: '{"schemaVersion":9}' } }, 'cannot be understood'],
  [
    'leftovers',
    { facts: { directories: { '/etc/cni': 'empty', '/var/lib/etcd': 'full' } } },
    'left in /var/lib/etcd',
  ],
  ['leftovers', { facts: { ownFiles: ['/usr/local/bin/kubectl'] } }, 'already there: /usr/local/bin/kubectl'],
  ['cni-config', { facts: { cniConf: ['10-calico.conflist'] } }, '10-calico.conflist'],
  ['foreign-runtime', { facts: { containerd: { path: '/usr/bin/containerd', version: '1.7.2' } } }, '1.7.2'],
  ['foreign-runtime', { facts: { services: ['docker'] } }, 'running already: docker'],
  ['port', { facts: { listening: { tcp: [10250], udp: [] } } }, 'port 10250'],
  [
    'port',
    { facts: { listening: { tcp: [8472], udp: [8472] } } },
    'in use: UDP 8472 (VXLAN), where Flannel listens',
  ],
  [
    'port',
    {
      facts: { listening: { tcp: [20244, 179], udp: [] } },
      with: { cni: { ...spec.cni, name: 'kube-router' } },
    },
    'in use: TCP 179 (BGP), TCP 20244 (health), where kube-router listens',
  ],
  ['port', { first: true, facts: { listening: { tcp: [6443, 2379], udp: [] } } }, 'port 6443, 2379'],
  [
    'port',
    {
      first: true,
      facts: { listening: { tcp: [7443], udp: [] } },
      with: { kubernetes: { ...spec.kubernetes, apiServerPort: 7443 } },
    },
    'port 7443',
  ],
  ['version-differs', { made: true, state: member({ kubernetesVersion: '1.35.1' }) }, '1.35.1, not 1.36.3'],
  ['pod-cidr-differs', { made: true, state: member({ podCIDR: '10.50.0.0/16' }) }, '10.50.0.0/16, not in'],
  ['node-name', { facts: { hostname: 'my_host' } }, '"my_host"'],
  ['node-name', { facts: { hostname: 'HOST-1' } }, 'shares its node name (host-1) with 10.0.0.2'],
  ['machine-id', { facts: { machineId: 'machine-1' } }, 'with 10.0.0.2'],
  [
    'internal-address',
    { host: { internalAddress: '192.168.0.2' } },
    'no interface has the address 192.168.0.2',
  ],
  [
    'internal-address',
    { host: { internalAddress: '10.0.0.1' }, facts: { addresses: [{ ...global, address: '10.0.0.1' }] } },
    '(10.0.0.1) with 10.0.0.2',
  ],
  [
    'internal-address',
    { first: true, with: { hosts: [fakeHost(0, true)], cni: { ...spec.cni, podCIDR: 'fd00::/48' } } },
    'it has no IPv6 address of its own, and cni.podCIDR is fd00::/48',
  ],
  [
    'internal-address',
    {
      first: true,
      with: { hosts: [fakeHost(0, true)], cni: { ...spec.cni, podCIDR: '10.244.0.0/16,fd00::/48' } },
    },
    'it has no IPv6 address of its own, and cni.podCIDR is 10.244.0.0/16,fd00::/48',
  ],
  [
    'pod-cidr',
    {
      first: true,
      with: { hosts: [fakeHost(0, true)], cni: { ...spec.cni, podCIDR: '10.244.0.0/16,fd00::/48' } },
      facts: { primaryAddresses: { 4: '10.0.0.1', 6: 'fe00::1' }, routes: ['fd00::/64'] },
    },
    'cni.podCIDR fd00::/48 overlaps what the host itself uses: fd00::/64 (a route)',
  ],
  ['membership', { state: member() }, 'belongs to a cluster of that name already, but 10.0.0.1 does not'],
  ['membership', { state: member({ phase: 'joining' }) }, 'but 10.0.0.1 does not'],
  ['mixed-architectures', { facts: { arch: 'arm64' } }, 'is arm64, while 10.0.0.1 is amd64'],
  [
    'pod-cidr',
    { facts: { addresses: [inPods] } },
    'overlaps what the host itself uses: 10.244.0.0/16 (eth1)',
  ],
  [
    'pod-cidr',
    { facts: { routes: ['172.16.0.0/12'] }, with: { cni: { ...spec.cni, podCIDR: '172.16.5.0/24' } } },
    'uses: 172.16.0.0/12 (a route)',
  ],
  [
    'pod-cidr',
    {
      facts: {
        addresses: [{ ...global, link: 'docker0', address: '172.17.0.1' }],
        routes: ['default', '172.17.0.0/16', '172.31.0.0/20'],
      },
      with: { cni: { ...spec.cni, podCIDR: '172.16.0.0/12' } },
    },
    'uses: 172.17.0.0/16 (docker0), 172.31.0.0/20 (a route)',
  ],
  [
    'pod-cidr',
    {
      facts: { addresses: [{ ...global, link: 'ens5', address: '10.31.0.7', prefix: 8 }] },
      with: { kubernetes: { ...spec.kubernetes, serviceCIDR: '172.20.0.0/16' } },
    },
    'uses: 10.0.0.0/8 (ens5)',
  ],
  [
    'pod-cidr',
    {
      facts: { addresses: [{ ...global, link: 'enp1s0', address: '192.168.1.20', prefix: 24 }] },
      with: { cni: { ...spec.cni, podCIDR: '192.168.0.0/16' } },
    },
    'uses: 192.168.1.0/24 (enp1s0)',
  ],
  // As on Google's cloud, where a host knows nothing of its network's other addresses.
  [
    'pod-cidr',
    { facts: { addresses: [{ ...inPods, link: 'ens4', prefix: 32 }], routes: ['default', '10.244.0.1'] } },
    'uses: 10.244.7.1/32 (ens4), 10.244.0.1 (a route)',
  ],
  ['service-cidr', { facts: { routes: ['10.96.8.0/24'] } }, '10.96.8.0/24'],
  ['service-cidr', { facts: { nameservers: ['10.96.0.2'] } }, 'uses: 10.96.0.2 (a name server)'],
];
const milder: [id: string, severity: string, given: Case][] = [
  ['disk', 'warning', { made: true, state: member(), facts: { diskFreeBytes: 2 ** 30 } }],
  ['firewalld', 'warning', { facts: { services: ['firewalld'] } }],
  ['ufw', 'warning', { facts: { services: ['ufw'] } }],
  ['overlay', 'info', { facts: { filesystems: ['ext4'] } }],
  ['swap', 'info', { facts: { swap: ['/dev/sda2'] } }],
  ['conntrack', 'info', { facts: { conntrack: 'read-only' } }],
];
const unsuspicious: [string, Case][] = [
  ['a healthy host', {}],
  [
    'one of ours, with everything in use',
    {
      made: true,
      state: member(),
      facts: {
        listening: { tcp: [10250], udp: [8472] },
        directories: { '/etc/kubernetes': 'full' },
        containerd: { path: '/x', version: undefined },
        services: ['containerd', 'kubelet'],
        clusterFiles: ['/etc/kubernetes/kubelet.conf'],
        routes: ['10.244.1.0/24'],
        addresses: [{ ...inPods, link: 'vxlan.calico' }],
      },
    },
  ],
  [
    'an address of its own on another interface',
    {
      first: true,
      with: {
        hosts: [{ ...fakeHost(0, true), internalAddress: 'FD00::0:2' }],
        cni: { ...spec.cni, podCIDR: 'fd01::/48' },
      },
      facts: { addresses: [{ ...global, family: 6, prefix: 64, address: 'fd00::2' }] },
    },
  ],
  ['no IPv6 that nobody wants', { facts: { sysctls: { 'net.ipv6.conf.default.disable_ipv6': '1' } } }],
  ['a small worker', { facts: { cpus: 1, memoryBytes: 2 ** 29 } }],
  ['another role, as long as it is no member', { state: hostState({ role: 'control-plane' }) }],
  ['a clock that is a little off', { facts: { clockOffsetMs: 20_000 } }],
  ['the address of our own bridge', { facts: { addresses: [{ ...inPods, link: 'cni0' }] } }],
  ['a link-local or loopback address', { facts: { addresses: [{ ...inPods, global: false }] } }],
  [
    'addresses and routes of the other family',
    {
      facts: {
        addresses: [{ ...inPods, family: 6, address: 'fd00::1', prefix: 64 }],
        routes: ['default', 'fd00::/8', 'blackhole'],
      },
    },
  ],
];

describe('findings', () => {
  test.each(errors)('%s: %j', (id, given, message) => {
    expect(findingsOf(given)).toEqual([
      expect.objectContaining({ id, severity: 'error', message: expect.stringContaining(message) }),
    ]);
  });

  test.each(milder)('%s is no more than %s', (id, severity, given) => {
    expect(findingsOf(given)).toEqual([expect.objectContaining({ id, severity, host: '10.0.0.2' })]);
  });

  test('Flannel with dual stack wants both addresses of a node on one interface', () => {
    const given = (...links: [string, string]) => ({
      first: true as const,
      with: {
        hosts: [fakeHost(0, true)],
        cni: { ...spec.cni, name: 'flannel', podCIDR: '10.244.0.0/16,fd00::/48' },
      },
      facts: {
        primaryAddresses: { 4: '10.0.0.1', 6: 'fe00::1' },
        addresses: [
          { ...global, link: links[0], address: '10.0.0.1' },
          { ...global, link: links[1], family: 6 as const, prefix: 64, address: 'fe00:0::1' },
        ],
      },
    });
    expect(findingsOf(given('eth1', 'eth0'))).toMatchObject([
      {
        id: 'flannel-interface',
        severity: 'error',
        message: 'the node’s addresses are on eth1 and eth0, and Flannel takes both from one interface',
      },
    ]);
    expect(findingsOf(given('eth0', 'eth0'))).toEqual([]);
  });

  test('a default route by router advertisements will go where the kernel forwards IPv6', () => {
    const primaryAddresses = { 4: '10.0.0.1', 6: 'fe00::1' };
    const given = (podCIDR: string) => ({
      first: true as const,
      with: { hosts: [fakeHost(0, true)], cni: { ...spec.cni, podCIDR } },
      facts: { primaryAddresses, advertised: ['eth0.7'] },
    });
    expect(findingsOf(given('10.244.0.0/16,fd00::/48'))).toMatchObject([
      {
        id: 'router-advertisements',
        severity: 'warning',
        message: expect.stringContaining('over eth0.7'),
        hint: expect.stringContaining('net.ipv6.conf.eth0/7.accept_ra=2'),
      },
    ]);
    expect(findingsOf(given('10.244.0.0/16'))).toEqual([]);
  });

  test('hosts of both cgroup versions cannot share one kubelet configuration', () => {
    expect(findingsOf({ facts: { cgroup: 'v1' } })).toEqual([
      expect.objectContaining({ id: 'cgroup-v1', severity: 'info', host: '10.0.0.2' }),
      expect.objectContaining({ id: 'mixed-cgroups', severity: 'error', host: '10.0.0.2' }),
    ]);
  });

  test.each(unsuspicious)('nothing of %s', (_name, given) => {
    expect(findingsOf(given)).toEqual([]);
  });

  test('every error says what to do, but for sizes', () => {
    const silent = errors.flatMap(([, given]) => findingsOf(given)).filter(({ hint }) => hint === undefined);
    expect(silent.map(({ id }) => id)).toEqual(['cpu', 'memory']);
  });

  test.each([['disk'], ['all']])('ignoring %s makes a warning of it', (name) => {
    const found = findingsOf({ facts: { diskFreeBytes: 0 }, with: { preflight: { ignore: [name] } } });
    expect(found).toEqual([expect.objectContaining({ id: 'disk', severity: 'warning' })]);
  });

  test('ignoring another leaves it an error', () => {
    const found = findingsOf({ facts: { diskFreeBytes: 0 }, with: { preflight: { ignore: ['cpu'] } } });
    expect(found).toEqual([expect.objectContaining({ severity: 'error' })]);
  });

  test.each<[string, Case]>([
    ['foreign-cluster', { state: hostState({ cluster: 'other' }) }],
    ['version-differs', { made: true, state: member({ kubernetesVersion: '1.35.1' }) }],
    ['mixed-architectures', { facts: { arch: 'arm64' } }],
  ])('%s stays an error, whatever is ignored', (id, given) => {
    const found = findingsOf({ ...given, with: { preflight: { ignore: ['all', id] } } });
    expect(found).toEqual([expect.objectContaining({ id, severity: 'error' })]);
  });
});
