import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { removeKernelState } from '../../../src/host/reset/kernel-state.ts';
import { nodeTraces, removable, type NetworkTraces } from '../../../src/host/reset/traces.ts';
import { fakeCluster } from '../../helpers/cluster.ts';
import { quiet } from '../../helpers/failure.ts';
import { SandboxShell } from '../../helpers/sandbox-shell.ts';

const nothing: NetworkTraces = { links: [], chains: [], nftTables: [] };
const noUse = { links: [], routeTables: [], routeProtocols: [], ipvs: false };

describe('routes, ipsets, mounts and pins, the script run for real over fake tools', () => {
  let shell: SandboxShell;
  beforeEach(() => {
    shell = new SandboxShell();
    shell
      .fake('ip', 'echo "ip $*" >> "$DIR/log"; [ "$2 $3" != "rule delete" ] || rm "$DIR/rule$1" 2>/dev/null')
      .fake('sleep', 'echo "sleep $*" >> "$DIR/log"')
      .fake('umount', 'echo "umount $*" >> "$DIR/log"; : > "$DIR/mountinfo"');
    writeFileSync(shell.path('log'), '');
  });
  afterEach(() => {
    shell[Symbol.dispose]();
  });
  const log = (): readonly string[] => readFileSync(shell.path('log'), 'utf8').split('\n').filter(Boolean);
  /** Paths of the machine's own become those of the sandbox. */
  const remove = async (traces: Partial<NetworkTraces>) => {
    const { cluster, runner } = fakeCluster();
    runner.on('sh -c', (argv, options) =>
      shell.run(
        argv.map((arg) =>
          arg
            .replaceAll('/sys/fs/bpf', shell.path('bpf'))
            .replaceAll('/proc/self', shell.dir)
            .replaceAll('/sys/class/net', shell.path('net'))
            .replaceAll('/opt/cni/bin', shell.path('plugins')),
        ),
        options,
      ),
    );
    await removeKernelState(
      cluster.controlPlane,
      removable([nodeTraces, { ...nothing, ...traces }], noUse),
      quiet,
    );
  };

  test('of a routing table go the rules that look it up, as many as there are, and its routes', async () => {
    writeFileSync(shell.path('rule-4'), '');
    await remove({ routeTables: ['77'] });
    expect(log()).toEqual([
      'ip -4 rule delete table 77',
      'ip -4 rule delete table 77',
      'ip -4 route flush table 77',
      'ip -6 rule delete table 77',
      'ip -6 route flush table 77',
    ]);
  });

  test('of a protocol go its routes; the kernel stops taking foo-over-UDP', async () => {
    await remove({ routeProtocols: ['17'], fouPorts: ['5555'] });
    expect(log()).toEqual([
      'ip -4 route flush proto 17',
      'ip -6 route flush proto 17',
      'ip -4 fou del port 5555',
      'ip -6 fou del port 5555',
    ]);
  });

  test('mounts are ended, and only those', async () => {
    writeFileSync(shell.path('mountinfo'), '7 1 0:9 / /run/x/cgroup2 rw - cgroup2 none rw\n');
    await remove({ mounts: ['/run/x/cgroup2', '/run/x/cgroup'] });
    expect(log()).toEqual(['umount /run/x/cgroup2']);
  });

  test('pins go with what is below them; other people’s stay', async () => {
    for (const path of ['bpf/x', 'bpf/tc/x_calls_1', 'bpf/tc/other'])
      mkdirSync(shell.path(path), { recursive: true });
    await remove({ bpfPins: ['/sys/fs/bpf/x', '/sys/fs/bpf/tc/x_*', '/sys/fs/bpf/none*'] });
    expect(existsSync(shell.path('bpf/x'))).toBe(false);
    expect(existsSync(shell.path('bpf/tc/x_calls_1'))).toBe(false);
    expect(existsSync(shell.path('bpf/tc/other'))).toBe(true);
  });

  test('a datapath is deleted by the plugin that made it', async () => {
    mkdirSync(shell.path('net/datapath'), { recursive: true });
    mkdirSync(shell.path('plugins'));
    shell.fake('ovs-dpctl', 'echo "ovs-dpctl $*" >> "$DIR/log"');
    shell.fake('../plugins/weave-plugin-2.9.0', 'echo "plugin $*" >> "$DIR/log"; rmdir "$DIR/net/$2"');
    await remove({ datapaths: ['datapath', 'absent'] });
    expect(log()).toEqual(['plugin delete-datapath datapath']);
  });

  describe('ipsets', () => {
    const sets = [
      'weave-;rG q$3]6!N',
      'weave-s*',
      'inet6:kube-router-x',
      'blocklist',
      'my-weave-x',
      'KUBE-SRC-1',
    ];
    beforeEach(() => {
      mkdirSync(shell.path('sets'));
      for (const set of sets) writeFileSync(shell.path(`sets/${set}`), '');
      // The first attempt meets a set that is still in use.
      shell.fake(
        'ipset',
        `case $1 in
  list) ls "$DIR/sets" ;;
  flush) echo "flush $2" >> "$DIR/log" ;;
  destroy) if [ "$2" = 'weave-s*' ] && [ ! -e "$DIR/tried" ]; then : > "$DIR/tried"; exit 1; fi; rm "$DIR/sets/$2" ;;
esac`,
      );
    });

    test('with our prefixes go, whatever else is in their names, when the kernel lets go of them', async () => {
      await remove({ ipsets: ['weave-', 'inet6:kube-router-'] });
      expect(log().filter((line) => line.startsWith('sleep'))).toEqual(['sleep 1']);
      expect(log().filter((line) => line.startsWith('flush'))).toHaveLength(4);
      expect(sets.filter((set) => existsSync(shell.path(`sets/${set}`)))).toEqual([
        'blocklist',
        'my-weave-x',
      ]);
    });

    test('cannot be removed, nor be a reason to fail, where the program is missing', async () => {
      shell.fake('ipset', 'exit 127');
      await remove({ ipsets: ['weave-'] });
      expect(log()).toEqual([]);
    });
  });
});

describe('removable', () => {
  const before = { links: ['tun0', 'eth0'], routeTables: ['77'], routeProtocols: ['bird'], ipvs: false };

  test('what the host had before is not the cluster’s', () => {
    const traces = {
      ...nothing,
      links: ['tun0', 'kube-bridge'],
      routeTables: ['77', '78', 'main'],
      routeProtocols: ['bird', '17', 'kernel'],
    };
    expect(removable([traces], before)).toMatchObject({
      links: ['kube-bridge'],
      routeTables: ['78'],
      routeProtocols: ['17'],
    });
    expect(removable([traces], noUse)).toMatchObject({ routeTables: ['77', '78'] });
    expect(removable([traces], undefined)).toMatchObject({ routeTables: [], routeProtocols: [] });
  });

  const rows: [keyof NetworkTraces, string][] = [
    ['links', '*'],
    ['links', '-x; reboot'],
    ['chains', 'A'],
    ['ipsets', ''],
    ['nftTables', 'filter'],
    ['rules', '-j'],
    ['routeTables', '-h'],
    ['routeProtocols', '1 2'],
    ['fouPorts', 'x'],
    ['datapaths', 'a/b'],
    ['mounts', '/'],
    ['mounts', '/run/../etc'],
    ['bpfPins', '/sys/fs/bpf/*'],
    ['bpfPins', '/sys/fs/bpf/x/../..'],
    ['bpfPins', '/etc/x'],
  ];
  test.each(rows)('%s %j is refused', (key, name) => {
    expect(() => removable([{ ...nothing, [key]: [name] }], noUse)).toThrow(TypeError);
  });
});
