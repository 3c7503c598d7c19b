import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { resetHost } from '../../../src/host/reset/index.ts';
import { parseState } from '../../../src/host/state.ts';
import { fakeCluster } from '../../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../../helpers/failure.ts';
import type { FakeRule } from '../../helpers/fake-runner.ts';
import { hostState } from '../../helpers/host-state.ts';
import { SandboxShell } from '../../helpers/sandbox-shell.ts';

const STATE = '/var/lib/k8s-bootstrap/state.json';
const before = {
  directories: { '/etc/cni': '700 0:0' },
  sysctls: { 'net.ipv4.ip_forward': '0' },
  nftTables: [],
  nftChains: [],
};
const state = hostState({ phase: 'member', before });

function setUp(...rules: FakeRule[]) {
  const { cluster, runner } = fakeCluster();
  runner.on('sh -c', '').on('rm -rf', '');
  for (const rule of rules) runner.on(...rule);
  const host = cluster.controlPlane;
  host.state = state;
  const reset = (keepArtifacts = false) =>
    resetHost(host, state, {
      keepArtifacts,
      traces: {
        links: ['cni0', 'tunl0'],
        chains: [],
        nftTables: [],
        paths: ['/run/flannel'],
        bpfFilters: ['cali_'],
      },
      signal: quiet,
      log: () => undefined,
    });
  /** Arguments of the script that holds the words. */
  const argumentsOf = (words: string) =>
    runner.calls.find(({ argv }) => argv[0] === 'sh' && argv[2]?.includes(words))?.argv.slice(4);
  return { host, runner, reset, argumentsOf };
}

describe('resetHost', () => {
  test('ends workloads before it unmounts, unmounts before it deletes, and forgets last', async () => {
    const { runner, reset } = setUp();
    await reset();
    const order = [
      'kubeadm reset',
      'tc filter del',
      'ip link delete',
      'umount',
      'rm -rf --one-file-system',
      '/proc/sys',
      'rm -rf /var/lib/k8s-bootstrap',
    ];
    const positions = order.map((words) => runner.lines.findIndex((line) => line.includes(words)));
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(positions).not.toContain(-1);
    expect(runner.lines.at(-1)).toBe('rm -rf /var/lib/k8s-bootstrap');
  });

  test('directories that were there before are emptied, others removed', async () => {
    const { reset, argumentsOf, runner } = setUp();
    await reset();
    const emptied = runner.calls.find(({ line }) => line.includes('-mindepth 1 -delete'));
    expect(emptied?.options.input).toBe('/etc/cni 700 0:0\n');
    const removed = argumentsOf('rm -rf --one-file-system');
    expect(removed).toEqual(
      expect.arrayContaining([
        '/etc/kubernetes',
        '/var/lib/etcd',
        '/var/lib/containerd',
        '/run/flannel',
        '/run/k8s-bootstrap',
      ]),
    );
    expect(removed).not.toContain('/etc/cni');
    for (const path of removed ?? []) expect(path).toMatch(/^\/\w+\/.+/);
  });

  test('a directory that was there becomes as it was, the script run for real', async () => {
    using shell = new SandboxShell();
    const dir = shell.path('cni');
    mkdirSync(`${dir}/net.d`, { recursive: true });
    writeFileSync(`${dir}/net.d/10-x.conf`, '');
    chmodSync(dir, 0o755);
    const { reset, runner } = setUp();
    const owner = `${String(process.getuid?.())}:${String(process.getgid?.())}`;
    runner.on(/-mindepth 1 -delete/, (argv) => shell.run(argv, { input: `${dir} 700 ${owner}\n` }));
    await reset();
    expect([readdirSync(dir), (statSync(dir).mode & 0o777).toString(8)]).toEqual([[], '700']);
  });

  test('sysctls go back to what they were, on stdin', async () => {
    const { reset, runner } = setUp();
    await reset();
    const call = runner.calls.find(({ argv }) => argv[2]?.includes('/proc/sys'));
    expect(call?.options.input).toBe('net/ipv4/ip_forward 0\n');
  });

  test('keeping artifacts leaves runtime, programs, images, sysctls and the memory of the host', async () => {
    const { reset, runner, argumentsOf, host } = setUp();
    await reset(true);
    const removed = argumentsOf('rm -rf --one-file-system');
    expect(removed).toContain('/etc/kubernetes');
    for (const kept of ['/var/lib/containerd', '/etc/containerd', '/opt/cni', '/opt/containerd']) {
      expect(removed).not.toContain(kept);
    }
    expect(argumentsOf('systemctl disable')).toBeUndefined();
    expect(runner.calls.map(({ options }) => options.input)).not.toContain('net/ipv4/ip_forward 0\n');
    expect(runner.lines).not.toContain('rm -rf /var/lib/k8s-bootstrap');
    expect(parseState(runner.uploaded(STATE))).toEqual({ ...state, phase: 'prepared' });
    expect(host.state?.phase).toBe('prepared');
  });

  test('filters go before the links and maps of their programs, routes and mounts before files', async () => {
    const mounts = { sharedMounts: false, bpffs: false };
    const { runner, host } = setUp();
    const traces = {
      links: ['cilium_*'],
      chains: [],
      nftTables: [],
      paths: [],
      bpfFilters: ['cil_'],
      localRules: ['100'],
    };
    const changed = { ...state, before: { ...before, mounts } };
    const options = { traces, signal: quiet, log: () => undefined };
    await resetHost(host, changed, { ...options, keepArtifacts: false });
    const order = ['tc filter del', 'ip link delete', 'route flush root', 'rprivate', 'rm -rf --one'];
    const positions = order.map((words) => runner.lines.findIndex((line) => line.includes(words)));
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(positions).not.toContain(-1);
    // The runtime that stays goes on relying on the mounts.
    runner.calls.length = 0;
    await resetHost(host, changed, { ...options, keepArtifacts: true });
    expect(runner.lines.join('\n')).not.toContain('rprivate');
  });

  test('what is still mounted is E_RESET, and nothing is deleted', async () => {
    const { reset, argumentsOf, runner } = setUp([/umount/, '/var/lib/kubelet/pods/x/volumes/y\n']);
    expect(await bootstrapFailure(reset())).toMatchObject({
      code: 'E_RESET',
      host: '10.0.0.1',
      message: 'still mounted: /var/lib/kubelet/pods/x/volumes/y',
    });
    expect(argumentsOf('rm -rf --one-file-system')).toBeUndefined();
    expect(runner.lines).not.toContain('rm -rf /var/lib/k8s-bootstrap');
  });

  test.each([
    ['down and without an address is nobody’s', 'tunl0', '0x80', '', undefined],
    ['that is up is somebody’s', 'tunl0', '0xc1', '', 'link tunl0'],
    ['with an address is somebody’s', 'tunl0', '0x80', '9: tunl0 inet 10.42.0.1/32', 'link tunl0'],
    ['has an exception, which is no other link’s', 'cni0', '0x80', '', 'link cni0'],
  ])(
    'a tunnel module’s own device %s, the script run for real',
    async (_name, link, flags, address, left) => {
      using shell = new SandboxShell();
      shell.fake('ip', `printf '%s' '${address}'`);
      mkdirSync(shell.path(link));
      writeFileSync(shell.path(`${link}/flags`), `${flags}\n`);
      const { reset, runner } = setUp();
      runner.on(/sys\/class\/net[^]*iptables-save/, (argv, options) => {
        const links = /^(?<links>[^]*?)for save in/.exec(argv[2] ?? '')?.groups?.['links'] ?? '';
        const script = links.replaceAll('/sys/class/net', shell.dir);
        return shell.run([...argv.slice(0, 2), script, ...argv.slice(3)], options);
      });
      if (left === undefined) await reset();
      else expect((await bootstrapFailure(reset())).message).toContain(left);
    },
  );

  test('what is left behind is E_RESET, and the host is not forgotten', async () => {
    const { reset, runner } = setUp([/sys\/class\/net[^]*iptables-save/, 'link cni0\nprocess 7\u001b[31m\n']);
    expect(await bootstrapFailure(reset())).toMatchObject({
      code: 'E_RESET',
      host: '10.0.0.1',
      message: 'the reset left something behind: link cni0, process 7',
    });
    expect(runner.lines).not.toContain('rm -rf /var/lib/k8s-bootstrap');
    expect(runner.uploads).toEqual([]);
  });

  test('virtual servers of IPVS are cleared only where it is known that there were none', async () => {
    const { runner, host } = setUp();
    const network = { links: [], routeTables: [], routeProtocols: [], ipvs: false };
    const traces = { links: [], chains: [], nftTables: [], paths: [] };
    const options = { keepArtifacts: true, traces, signal: quiet, log: () => undefined };
    for (const known of [network, { ...network, ipvs: true }, undefined])
      await resetHost(host, { ...state, before: { ...before, ...(known && { network: known }) } }, options);
    const argumentOf = (script: string, index: number) =>
      runner.calls.flatMap(({ argv }) => (argv[2]?.includes(script) === true ? [argv[index]] : []));
    expect(argumentOf('kubeadm reset', 5)).toEqual(['clear', 'leave', 'leave']);
    expect(argumentOf('echo "namespace', 4)).toEqual(['none', 'any', 'any']);
  });
});

describe('what is left, the script run for real', () => {
  const traces = {
    links: ['cali*'],
    chains: ['FLANNEL-'],
    nftTables: [],
    ipsets: ['weave-'],
    routeTables: ['77'],
    routeProtocols: ['17'],
    bpfPins: ['/sys/fs/bpf/x*'],
    mounts: ['/run/x/cgroup2'],
    paths: [],
  };
  const network = { links: ['cali1'], routeTables: [], routeProtocols: [], ipvs: false };
  const residue = async (fill: (shell: SandboxShell) => void) => {
    using shell = new SandboxShell();
    for (const tool of ['ip', 'ipset', 'iptables-save', 'ip6tables-save']) shell.fake(tool, '');
    mkdirSync(shell.path('self'));
    writeFileSync(shell.path('self/mountinfo'), '');
    fill(shell);
    const places = {
      '/sys/class/net': 'net',
      '/sys/fs/bpf': 'bpf',
      '/sys/fs/cgroup': 'cgroup',
      '/proc': '.',
    };
    const inside = (arg: string): string =>
      Object.entries({ ...places, '/run/netns': 'netns' }).reduce(
        (text, [path, name]) => text.replaceAll(path, shell.path(name)),
        arg,
      );
    const { host } = setUp([/namespace/, (argv) => shell.run(argv.map(inside), {})]);
    const options = { keepArtifacts: true, traces, signal: quiet, log: () => undefined };
    await resetHost(host, { ...state, before: { ...before, network } }, options);
  };

  test('nothing, beside what was there before', async () => {
    await residue((shell) => {
      mkdirSync(shell.path('net/cali1'), { recursive: true });
    });
  });

  const rows: [string, (shell: SandboxShell) => void][] = [
    ['link cali2', (shell) => mkdirSync(shell.path('net/cali2'), { recursive: true })],
    ['ipset weave-x', (shell) => shell.fake('ipset', 'echo weave-x; echo other')],
    [
      'rule from 10.244.0.0/24 lookup 77',
      (shell) => shell.fake('ip', '[ "$1 $2" != "-4 rule" ] || echo "32765:	from 10.244.0.0/24 lookup 77"'),
    ],
    [
      'route 10.244.1.0/24 via 10.0.0.2',
      (shell) => shell.fake('ip', '[ "$1 $4 $5" != "-4 proto 17" ] || echo "10.244.1.0/24 via 10.0.0.2"'),
    ],
    [
      'rule FORWARD -o cali9 -j DROP',
      (shell) =>
        shell.fake('iptables-save', 'echo "-A FORWARD -o cali9 -j DROP"; echo "-A FORWARD -o eth0 -j DROP"'),
    ],
    [
      'chain FLANNEL-FWD',
      (shell) => shell.fake('iptables-save', 'echo ":FLANNEL-FWD - [0:0]"; echo ":INPUT ACCEPT [0:0]"'),
    ],
    [
      'mount /run/x/cgroup2',
      (shell) => {
        writeFileSync(shell.path('self/mountinfo'), '1 2 3 / /run/x/cgroup2 rw\n');
      },
    ],
    ['program BPF/x1', (shell) => mkdirSync(shell.path('bpf/x1'), { recursive: true })],
    [
      'virtual servers of IPVS (ipvsadm --clear)',
      (shell) => {
        mkdirSync(shell.path('net'));
        writeFileSync(shell.path('net/ip_vs'), 'IP\nProt\n  ->\nTCP  0A600001:01BB rr\n');
      },
    ],
  ];
  test.each(rows)('%s', async (what, fill) => {
    let dir = '';
    const error = await bootstrapFailure(
      residue((shell) => {
        dir = shell.path('bpf');
        fill(shell);
      }),
    );
    expect(error).toMatchObject({
      code: 'E_RESET',
      message: `the reset left something behind: ${what.replace('BPF', dir)}`,
    });
  });
});
