import { describe, expect, test } from '@jest/globals';
import { portFindings } from '../../../src/engine/preflight/ports/index.ts';
import type { Facts } from '../../../src/host/facts.ts';
import type { ClusterSpec } from '../../../src/spec/cluster-spec.ts';
import { fakeCluster, fakeFacts, fakeHost, fakeSpec } from '../../helpers/cluster.ts';
import { quiet } from '../../helpers/failure.ts';
import type { FakeRunner } from '../../helpers/fake-runner.ts';
import { hostState } from '../../helpers/host-state.ts';
import { LISTENER, openPorts, PROBER, reachesAllBut } from '../../helpers/port-rules.ts';

interface Options {
  readonly hosts?: number;
  readonly controlPlanes?: number;
  /** Indexes of hosts that are nodes already, and the CNI that they have. */
  readonly joined?: readonly number[];
  readonly has?: string;
  readonly facts?: Readonly<Record<number, Partial<Facts>>>;
  readonly with?: Partial<ClusterSpec>;
}

function setUp({ joined = [], has = 'flannel', facts = {}, ...options }: Options = {}) {
  const at = fakeCluster({ ...options, rules: openPorts });
  for (const [index, host] of at.cluster.hosts.entries()) {
    if (joined.includes(index)) host.state = hostState({ phase: 'member', role: host.spec.role, cni: has });
    host.learn(fakeFacts(index, facts[index]));
  }
  return { ...at, find: () => portFindings(at.cluster, quiet) };
}

const listenedAt = (runner: FakeRunner | undefined) =>
  runner?.calls.filter(({ line }) => LISTENER.test(line)).map(({ argv }) => argv.slice(5));
const triedBy = (runner: FakeRunner | undefined) =>
  runner?.calls.filter(({ line }) => PROBER.test(line)).map(({ argv }) => argv.slice(5));

describe('what is tried', () => {
  test('the API server from everywhere, kubelets from control planes, the CNI between all', async () => {
    const { find, runners } = setUp();
    expect(await find()).toEqual([]);
    expect(runners.map(listenedAt)).toEqual([
      [['10.0.0.1', 'tcp:6443', 'udp:8472']],
      [['10.0.0.2', 'tcp:10250', 'udp:8472']],
      [['10.0.0.3', 'tcp:10250', 'udp:8472']],
    ]);
    expect(triedBy(runners[0])).toEqual([
      [
        'tcp 10.0.0.2 10250 nonce',
        'udp 10.0.0.2 8472 nonce',
        'tcp 10.0.0.3 10250 nonce',
        'udp 10.0.0.3 8472 nonce',
      ],
    ]);
    expect(triedBy(runners[1])).toEqual([
      ['tcp 10.0.0.1 6443 nonce', 'udp 10.0.0.1 8472 nonce', 'udp 10.0.0.3 8472 nonce'],
    ]);
  });

  test('etcd between control planes, the port that the API server is given, the address inside the cluster', async () => {
    const { cni, kubernetes } = fakeSpec();
    const hosts = [fakeHost(0, true), { ...fakeHost(1, true), internalAddress: 'fd00::2' }];
    const { find, runners } = setUp({
      with: {
        hosts,
        cni: { ...cni, podCIDR: 'fd00:10::/56' },
        kubernetes: { ...kubernetes, apiServerPort: 7443 },
      },
    });
    await find();
    const ports = ['tcp:7443', 'tcp:2379', 'tcp:2380', 'tcp:10250', 'udp:8472'];
    expect(listenedAt(runners[1])).toEqual([['fd00::2', ...ports]]);
    expect(triedBy(runners[0])).toEqual([ports.map((name) => `${name.replace(':', ' fd00::2 ')} nonce`)]);
  });

  describe('with dual stack', () => {
    const dual = (cni: Partial<ClusterSpec['cni']> = {}) => {
      const podCIDR = '10.244.0.0/16,fd00:10::/56';
      const facts = { primaryAddresses: { 4: '10.0.0.1', 6: 'fd89::1' } };
      const other = { primaryAddresses: { 4: '10.0.0.2', 6: 'fd89::2' } };
      return setUp({
        hosts: 2,
        facts: { 0: facts, 1: other },
        with: { cni: { ...fakeSpec().cni, podCIDR, ...cni } },
      });
    };

    test('the CNI at the addresses of both families, Kubernetes at the primary one', async () => {
      const { find, runners } = dual();
      expect(await find()).toEqual([]);
      expect(listenedAt(runners[1])).toEqual([
        ['10.0.0.2', 'tcp:10250', 'udp:8472'],
        ['fd89::2', 'udp:8472'],
      ]);
      expect(triedBy(runners[0])).toEqual([
        ['tcp 10.0.0.2 10250 nonce', 'udp 10.0.0.2 8472 nonce', 'udp fd89::2 8472 nonce'],
      ]);
    });

    test('a tunnel that is of one family alone at that one', async () => {
      const { find, runners } = dual({ options: { backend: 'wireguard' } });
      await find();
      expect(listenedAt(runners[1])).toEqual([
        ['10.0.0.2', 'tcp:10250', 'udp:51820'],
        ['fd89::2', 'udp:51821'],
      ]);
    });

    test('a session between the primary addresses at those alone', async () => {
      const { find, runners } = dual({ name: 'kube-router', options: { overlay: 'off' } });
      await find();
      expect(listenedAt(runners[1])).toEqual([['10.0.0.2', 'tcp:10250', 'tcp:179']]);
    });

    test('what is blocked in one family says so by its addresses', async () => {
      const { find, runners } = dual();
      runners[0]?.on(PROBER, reachesAllBut(/^udp fd89::2 /));
      expect(await find()).toEqual([
        expect.objectContaining({
          message: 'cannot reach fd89::2 at UDP 8472 (VXLAN)',
          hint: expect.stringMatching(/^allow UDP 8472 from fd89::1 to fd89::2: /),
        }),
      ]);
    });
  });

  test('listeners and probers have one nonce, that is another each time', async () => {
    const { find, runners } = setUp();
    await find();
    const nonces = () => new Set(runners.flatMap(({ calls }) => calls.splice(0).map(({ argv }) => argv[3])));
    const [first, ...others] = nonces();
    expect(others).toEqual([]);
    await find();
    expect(nonces()).not.toContain(first);
  });

  test.each<[string, Options]>([
    ['one host', { hosts: 1 }],
    ['a cluster that is up', { joined: [0, 1, 2] }],
  ])('nothing of %s', async (_name, options) => {
    const { find, runners } = setUp(options);
    expect(await find()).toEqual([]);
    expect(runners.flatMap(({ calls }) => calls)).toEqual([]);
  });

  test('nodes listen already: from a new host a connection will do, and their network answers nobody', async () => {
    const { find, runners } = setUp({ joined: [0, 1] });
    expect(await find()).toEqual([]);
    expect(runners.map(listenedAt)).toEqual([[], [], [['10.0.0.3', 'tcp:10250', 'udp:8472']]]);
    expect(triedBy(runners[2])).toEqual([['tcp 10.0.0.1 6443 open']]);
    expect(triedBy(runners[1])).toEqual([['udp 10.0.0.3 8472 nonce']]);
  });

  test('another CNI comes into a cluster: its ports alone, from everywhere', async () => {
    const { find, runners } = setUp({ joined: [0, 1], has: 'weave' });
    expect(await find()).toEqual([]);
    expect(runners.map(listenedAt)).toEqual([
      [['10.0.0.1', 'udp:8472']],
      [['10.0.0.2', 'udp:8472']],
      [['10.0.0.3', 'tcp:10250', 'udp:8472']],
    ]);
    expect(triedBy(runners[1])).toEqual([['udp 10.0.0.1 8472 nonce', 'udp 10.0.0.3 8472 nonce']]);
    expect(triedBy(runners[2])).toEqual([
      ['tcp 10.0.0.1 6443 open', 'udp 10.0.0.1 8472 nonce', 'udp 10.0.0.2 8472 nonce'],
    ]);
  });

  test('not where the former CNI listens at the same port', async () => {
    const listening = { tcp: [], udp: [8472] };
    const facts = { 0: { listening }, 1: { listening }, 2: { listening } };
    const { find, runners } = setUp({ joined: [0, 1, 2], has: 'cilium', facts });
    expect(await find()).toEqual([]);
    expect(runners.flatMap(({ calls }) => calls)).toEqual([]);
  });

  test('listeners are given up when all is done', async () => {
    const { find, runners } = setUp();
    await find();
    expect(runners.flatMap(({ held }) => [...held])).toEqual([]);
  });

  test('and when the run is cancelled, which is no finding', async () => {
    const { cluster, runners } = setUp();
    const cancel = new AbortController();
    runners[2]?.on(PROBER, () => {
      cancel.abort(new Error('cancelled'));
      throw new Error('killed');
    });
    await expect(portFindings(cluster, cancel.signal)).rejects.toThrow('cancelled');
    expect(runners.flatMap(({ held }) => [...held])).toEqual([]);
  });
});

describe('what is found', () => {
  test('a port that is blocked', async () => {
    const { find, runners } = setUp();
    runners[0]?.on(PROBER, reachesAllBut(/^udp 10\.0\.0\.2 /));
    expect(await find()).toEqual([
      {
        id: 'port-blocked',
        severity: 'error',
        host: '10.0.0.1',
        message: 'cannot reach 10.0.0.2 at UDP 8472 (VXLAN)',
        hint: expect.stringMatching(/^allow UDP 8472 from 10\.0\.0\.1 to 10\.0\.0\.2: /),
      },
    ]);
  });

  test.each(['blocked', 'refused'])(
    'several ports of a pair that are %s, in one finding',
    async (verdict) => {
      const { find, runners } = setUp({ controlPlanes: 2 });
      runners[0]?.on(PROBER, reachesAllBut(/ 10\.0\.0\.2 (6443|2379|2380) /, verdict));
      expect(await find()).toEqual([
        expect.objectContaining({
          host: '10.0.0.1',
          message: 'cannot reach 10.0.0.2 at TCP 6443 (API server), TCP 2379 (etcd), TCP 2380 (etcd)',
          hint: expect.stringContaining('TCP 6443, TCP 2379, TCP 2380 from 10.0.0.1 to 10.0.0.2'),
        }),
      ]);
    },
  );

  test('peers that lack the same, in one finding', async () => {
    const { find, runners } = setUp({ hosts: 4 });
    runners[0]?.on(PROBER, reachesAllBut(/ 10\.0\.0\.[24] 8472 /));
    expect((await find()).map(({ message }) => message)).toEqual([
      'cannot reach 10.0.0.2, 10.0.0.4 at UDP 8472 (VXLAN)',
    ]);
  });

  test('a host that nobody reaches anywhere, in one finding of its own', async () => {
    const { find, runners } = setUp();
    for (const runner of runners) runner.on(PROBER, reachesAllBut(/ 10\.0\.0\.2 /));
    expect(await find()).toEqual([
      {
        id: 'host-unreachable',
        severity: 'error',
        host: '10.0.0.2',
        message: 'no other host reaches it at 10.0.0.2: TCP 10250 (kubelet), UDP 8472 (VXLAN)',
        hint: expect.stringMatching(/TCP 10250, UDP 8472 from 10\.0\.0\.1, 10\.0\.0\.3 .*internalAddress/),
      },
    ]);
  });

  test('the only port of a host that is tried says nothing of its others', async () => {
    const { cni } = fakeSpec();
    const { find, runners } = setUp({ hosts: 2, with: { cni: { ...cni, name: 'manifest' } } });
    runners[0]?.on(PROBER, reachesAllBut(/./));
    expect(await find()).toEqual([
      expect.objectContaining({
        id: 'port-blocked',
        host: '10.0.0.1',
        message: 'cannot reach 10.0.0.2 at TCP 10250 (kubelet)',
      }),
    ]);
  });

  test('a port in use by something else is no matter of the network', async () => {
    const { find, runners } = setUp();
    runners[1]?.on(LISTENER, 'ready udp:8472\n');
    expect(await find()).toEqual([]);
    expect(triedBy(runners[0])?.flat()).not.toContain('tcp 10.0.0.2 10250 nonce');
  });

  test('a node that refuses is reached, one that does not answer is not', async () => {
    const { find, runners } = setUp({ joined: [0] });
    runners[1]?.on(PROBER, reachesAllBut(/ open$/, 'refused'));
    runners[2]?.on(PROBER, reachesAllBut(/ open$/));
    expect(await find()).toEqual([
      expect.objectContaining({
        host: '10.0.0.3',
        message: 'cannot reach 10.0.0.1 at TCP 6443 (API server)',
      }),
    ]);
  });

  test.each<[Partial<Facts>, string]>([
    [{}, 'in the firewall there, and in security groups and firewalls on the way'],
    [{ services: ['ufw'] }, 'in the firewall there (ufw), and in'],
    [{ cloud: 'aws' }, 'and in the instances’ security groups'],
    [{ cloud: 'azure' }, 'and in the network security groups'],
    [{ cloud: 'gcp' }, 'and in the VPC network’s firewall rules'],
  ])('the hint goes by the host’s %j', async (facts, hint) => {
    const { find, runners } = setUp({ facts: { 1: facts } });
    runners[0]?.on(PROBER, reachesAllBut(/^udp 10\.0\.0\.2 /));
    expect((await find())[0]?.hint).toContain(hint);
  });
});

describe('what cannot be checked', () => {
  const unchecked = (host: string, why: string) =>
    expect.objectContaining({
      id: 'ports-unchecked',
      severity: 'info',
      host,
      message: expect.stringContaining(why),
    });

  test('a host without Perl and Python; the others are tried without it', async () => {
    const { find, runners } = setUp({ facts: { 1: { tools: ['nc'] } } });
    runners[2]?.on(PROBER, reachesAllBut(/^udp /));
    expect(await find()).toEqual([
      expect.objectContaining({ host: '10.0.0.3', message: 'cannot reach 10.0.0.1 at UDP 8472 (VXLAN)' }),
      unchecked('10.0.0.2', 'neither perl nor python3'),
    ]);
    expect(runners[1]?.calls).toEqual([]);
  });

  test('a host with Python alone uses that', async () => {
    const { find, runners } = setUp({ hosts: 2, facts: { 1: { tools: ['python3'] } } });
    runners[1]?.on('python3 -IS -c', (argv) =>
      argv.includes('10.0.0.2') ? 'ready tcp:10250 udp:8472' : '0 ok\n1 ok\n',
    );
    expect(await find()).toEqual([]);
    expect(triedBy(runners[0])?.flat()).toHaveLength(2);
  });

  test('a listener or prober that fails', async () => {
    const { find, runners } = setUp();
    runners[1]?.on(LISTENER, { exitCode: 2, stderr: 'Socket.pm is broken' });
    runners[2]?.on(PROBER, { exitCode: 2, stderr: 'out of\nsockets' });
    expect(await find()).toEqual([
      unchecked('10.0.0.2', 'Socket.pm is broken'),
      unchecked('10.0.0.3', 'out of'),
    ]);
  });

  test('a listener that is lost meanwhile; nothing is said of ports at which nobody listened', async () => {
    const { find, runners } = setUp();
    runners[0]?.on(PROBER, (argv, options) => {
      runners[1]?.loseHeld();
      return reachesAllBut(/ 10\.0\.0\.2 /)(argv, options);
    });
    expect(await find()).toEqual([unchecked('10.0.0.2', 'is gone')]);
  });

  test('a listener that says something else', async () => {
    const { find, runners } = setUp();
    runners[1]?.on(LISTENER, 'Welcome\n');
    expect(await find()).toEqual([unchecked('10.0.0.2', 'Welcome')]);
    expect(runners[1]?.held.size).toBe(0);
  });

  test('answers that nobody asked for say nothing', async () => {
    const { find, runners } = setUp();
    runners[0]?.on(PROBER, '9 blocked\n-1 blocked\n0 blocked for ever\n 1 blocked\n1e0 blocked\nblocked');
    runners[1]?.on(LISTENER, 'ready tcp:22 udp:53\n');
    expect(await find()).toEqual([]);
    expect(triedBy(runners[0])?.flat()).not.toContainEqual(expect.stringContaining(' 10.0.0.2 '));
  });
});
