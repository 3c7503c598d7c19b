import { describe, expect, test } from '@jest/globals';
import { parseFacts, readFacts } from '../../src/host/facts.ts';
import { fakeCluster } from '../helpers/cluster.ts';
import { factsOutput, factsSections } from '../helpers/facts-output.ts';
import { bootstrapFailure, quiet } from '../helpers/failure.ts';

const MARKER = 'facts-0123456789abcdef';
const NOW = 1_700_000_000_000;
const factsOf = (changes: Record<string, string> = {}) =>
  parseFacts(
    factsOutput(MARKER, { ...factsSections(), time: `${String(NOW)}000000`, ...changes }),
    MARKER,
    NOW,
  );

describe('parseFacts', () => {
  test('of a healthy host', () => {
    expect(factsOf()).toMatchObject({
      hostname: 'host-1',
      os: { id: 'debian', like: [], version: '12', name: 'Debian GNU/Linux 12 (bookworm)' },
      arch: 'amd64',
      systemd: true,
      cgroup: 'v2',
      canLowerOomScore: true,
      cpus: 2,
      memoryBytes: 4 * 2 ** 30,
      diskFreeBytes: 50 * 2 ** 30,
      swap: [],
      clockOffsetMs: 0,
      addresses: [
        { link: 'lo', family: 4, address: '127.0.0.1', prefix: 8, global: false },
        { link: 'eth0', family: 4, address: '10.0.0.1', prefix: 24, global: true },
        { link: 'eth0', family: 6, address: 'fe80::1', prefix: 64, global: false },
      ],
      primaryAddresses: { 4: '10.0.0.1', 6: undefined },
      routes: ['default', '10.0.0.0/24'],
      advertised: [],
      nameservers: ['10.0.0.254'],
      loopbackResolver: false,
      filesystems: ['sysfs', 'overlay', 'bpf', 'cgroup2', 'ext4'],
      mounts: { sharedMounts: true, bpffs: true },
      bridgeNetfilter: true,
      conntrack: 'writable',
      network: {
        links: ['eth0', 'lo'],
        routeTables: ['default', 'local', 'main'],
        routeProtocols: ['kernel'],
      },
      cloud: undefined,
      iptables: { version: '1.8.9', backend: 'nft' },
      listening: { tcp: [22], udp: [] },
      sysctls: { 'net.ipv4.ip_forward': '0' },
      directories: { '/etc/cni': 'empty' },
      directoryModes: { '/etc/cni': '755 0:0' },
      services: [],
      ownFiles: [],
      containerd: undefined,
      state: undefined,
    });
  });

  const both = [
    '2: eth0    inet 10.0.0.1/24 brd 10.0.0.255 scope global eth0\\       valid_lft forever',
    '2: eth0    inet6 fd00:2::5/64 scope global \\       valid_lft forever',
    '3: eth1    inet6 fe80::2/64 scope link \\       valid_lft forever',
    '3: eth1    inet6 fd00:1::77/64 scope global temporary dynamic \\       valid_lft 6sec',
    '3: eth1    inet6 fd00:1::11/64 scope global dynamic mngtmpaddr \\       valid_lft 6sec',
  ].join('\n');
  const rows: [Record<string, string>, Record<string, unknown>][] = [
    [{ arch: 'aarch64' }, { arch: 'arm64' }],
    [{ arch: 'riscv64' }, { arch: undefined }],
    [{ arch: 'constructor' }, { arch: undefined }],
    [
      { os: 'ID=rocky\nID_LIKE="rhel centos"' },
      { os: { id: 'rocky', like: ['rhel', 'centos'], version: '', name: 'rocky' } },
    ],
    [{ os: '' }, { os: { id: 'unknown', like: [], version: '', name: 'unknown' } }],
    [{ init: '' }, { systemd: false }],
    [{ cloud: 'sys_vendor=Microsoft Corporation' }, { cloud: undefined }],
    [
      {
        cloud: 'sys_vendor=Microsoft Corporation\nchassis_asset_tag=7783-7084-3265-9085-8269-3286-77',
      },
      { cloud: 'azure' },
    ],
    [{ cloud: 'sys_vendor=Amazon EC2\nproduct_name=m7g.large' }, { cloud: 'aws' }],
    [{ cloud: 'sys_vendor=Xen\nbios_version=4.11.amazon' }, { cloud: 'aws' }],
    [{ cloud: 'sys_vendor=Google\nproduct_name=Google Compute Engine' }, { cloud: 'gcp' }],
    [{ cloud: 'sys_vendor=Google\nproduct_name=Pixelbook' }, { cloud: undefined }],
    [{ cgroup: 'v1' }, { cgroup: 'v1' }],
    [{ capabilities: '00000000a80425fb' }, { canLowerOomScore: false }],
    [{ capabilities: '' }, { canLowerOomScore: false }],
    [{ swap: '/dev/sda2  partition 1 0 -2' }, { swap: ['/dev/sda2'] }],
    [{ time: `${String(NOW + 5000)}000000` }, { clockOffsetMs: 5000 }],
    [{ conntrack: 'read-only' }, { conntrack: 'read-only' }],
    [{ conntrack: 'absent' }, { conntrack: 'absent' }],
    [{ conntrack: 'loadable' }, { conntrack: 'writable' }],
    [{ 'bridge-netfilter': '' }, { bridgeNetfilter: false }],
    [{ listening: '192B\n0016', 'listening-udp': '2118' }, { listening: { tcp: [6443, 22], udp: [8472] } }],
    [
      { containerd: '/usr/bin/containerd\ncontainerd github.com/x v1.7.2 abc' },
      { containerd: { path: '/usr/bin/containerd', version: '1.7.2' } },
    ],
    [{ containerd: '/x' }, { containerd: { path: '/x', version: undefined } }],
    [{ directories: 'full /etc/kubernetes' }, { directories: { '/etc/kubernetes': 'full' } }],
    [{ installed: 'runc=abc' }, { installed: { runc: 'abc' } }],
    [{ nft: 'table ip nat {\n chain POSTROUTING {\n }\n}' }, { nftChains: ['ip nat POSTROUTING'] }],
    [{ 'default-route': '' }, { primaryAddresses: { 4: '10.0.0.1', 6: undefined } }],
    [{ addresses: '' }, { primaryAddresses: { 4: undefined, 6: undefined } }],
    [
      { addresses: both, 'default-route-6': 'default via fe80::1 dev eth1 proto ra metric 1024 pref medium' },
      { primaryAddresses: { 4: '10.0.0.1', 6: 'fd00:1::11' } },
    ],
    [{ addresses: both }, { primaryAddresses: { 4: '10.0.0.1', 6: 'fd00:2::5' } }],
    [{ 'own-files': '/usr/local/bin/ctr' }, { ownFiles: ['/usr/local/bin/ctr'] }],
    [{ 'kernel-features': 'modules\nloaded ip_vs' }, { features: { ip_vs: true, ipip: false } }],
    [{ 'kernel-features': '' }, { features: {} }],
    [{ iptables: 'iptables v1.8.7 (legacy)' }, { iptables: { version: '1.8.7', backend: 'legacy' } }],
    [{ iptables: 'iptables v1.4.21' }, { iptables: { version: '1.4.21', backend: 'legacy' } }],
    [{ iptables: '' }, { iptables: undefined }],
    [
      { links: 'eth0\ntun0', routing: 'lookup 77\nlookup main\nproto bird\ntable 77', ipvs: 'TCP  0A:01 rr' },
      {
        network: {
          links: ['eth0', 'tun0'],
          routeTables: ['77', 'main'],
          routeProtocols: ['bird'],
          ipvs: true,
        },
      },
    ],
    [{ state: '{\n"a": 1\n}' }, { state: '{\n"a": 1\n}' }],
  ];
  test.each(rows)('%j', (sections, facts) => {
    expect(factsOf(sections)).toMatchObject(facts);
  });

  test.each([
    ['nameserver 127.0.0.53', 'nameserver 9.9.9.9', { nameservers: ['9.9.9.9'], loopbackResolver: true }],
    ['nameserver ::1\nnameserver 1.1.1.1', '', { nameservers: ['1.1.1.1'], loopbackResolver: true }],
    ['nameserver 127.0.0.1', 'nameserver 127.0.0.1', { nameservers: [], loopbackResolver: true }],
  ])('resolvers %j and %j', (resolv, upstream, facts) => {
    expect(factsOf({ resolv, 'resolv-upstream': upstream })).toMatchObject(facts);
  });
});

describe('hostile answers', () => {
  test('interfaces with routes by router advertisements', () => {
    expect(factsOf({ advertised: 'eth0\neth1.7' }).advertised).toEqual(['eth0', 'eth1.7']);
  });

  test('routes of both families, and those that lead nowhere', () => {
    const routes = [
      'default via 10.0.0.254 dev eth0 proto dhcp',
      '10.8.0.0/16 via 10.0.0.9 dev tun0',
      '10.9.0.7 dev tun0 scope link',
      'blackhole 10.42.0.0/26 proto bird',
      'fd00:5::/64 dev eth0 proto kernel metric 256 pref medium',
      'unreachable fd00:9::/48 dev lo metric 1024 error -101',
      'default via fe80::1 dev eth0 proto ra',
      'nonsense',
    ].join('\n');
    const found = [
      'default',
      '10.8.0.0/16',
      '10.9.0.7',
      '10.42.0.0/26',
      'fd00:5::/64',
      'fd00:9::/48',
      'default',
    ];
    expect(factsOf({ routes }).routes).toEqual(found);
  });

  test('nothing that a host prints passes for a section without the marker', () => {
    const forged = 'x\nfacts-ffffffffffffffff arch\naarch64\n facts-0123456789abcdef arch\naarch64';
    expect(factsOf({ hostname: forged })).toMatchObject({ hostname: 'x', arch: 'amd64' });
  });

  test.each(['', 'Welcome!\n', `${MARKER} hostname\nh\n`, `${MARKER} hostname\nh\n${MARKER} en`])(
    'an answer that is cut short or something else is E_SHELL: %j',
    async (output) => {
      const error = await bootstrapFailure(() => parseFacts(output, MARKER, NOW));
      expect(error).toMatchObject({ code: 'E_SHELL', hint: expect.stringContaining('login shell') });
    },
  );

  test('a banner before the answer does no harm', () => {
    const output = `Welcome!\n${factsOutput(MARKER, factsSections())}`;
    expect(parseFacts(output, MARKER, NOW).hostname).toBe('host-1');
  });

  test('numbers that are none', () => {
    const words = { cpus: 'many', memory: '-', capabilities: 'all of them', time: 'never', disk: 'full' };
    expect(factsOf(words)).toMatchObject({
      cpus: 0,
      memoryBytes: 0,
      canLowerOomScore: false,
      diskFreeBytes: 0,
    });
  });

  test('names of properties that objects have are names like others', () => {
    expect(factsOf({ installed: '__proto__=x\nruncc=y' }).installed).not.toHaveProperty('runc');
  });
});

describe('readFacts', () => {
  test('asks as root, with a marker that is new each time', async () => {
    const { cluster, runner } = fakeCluster();
    runner.on('sh -c', (argv) => factsOutput(argv[4] ?? '', factsSections()));
    const facts = await readFacts(cluster.controlPlane, { paths: ['/run/a'], signal: quiet });
    await readFacts(cluster.controlPlane, { paths: [], signal: quiet });
    expect(facts.hostname).toBe('host-1');
    expect(Math.abs(facts.clockOffsetMs)).toBeLessThan(5_000);
    const markers = runner.calls.map(({ argv }) => argv[4]);
    expect(markers[0]).toMatch(/^facts-[0-9a-f]{24}$/);
    expect(markers[0]).not.toBe(markers[1]);
    expect(runner.calls.map(({ argv }) => argv.slice(5))).toEqual([['/run/a'], []]);
    expect(runner.calls[0]?.options).toMatchObject({ sudo: true, signal: quiet });
  });
});
