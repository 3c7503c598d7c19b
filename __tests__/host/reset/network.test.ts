import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { removeNetwork } from '../../../src/host/reset/network.ts';
import { nodeTraces, pluginTraces, removable } from '../../../src/host/reset/traces.ts';
import { fakeCluster } from '../../helpers/cluster.ts';
import { quiet } from '../../helpers/failure.ts';
import { SandboxShell } from '../../helpers/sandbox-shell.ts';

const traces = removable(
  [
    nodeTraces,
    pluginTraces,
    {
      links: ['flannel.1', 'cali*', 'tun-??'],
      chains: ['FLANNEL-'],
      nftTables: ['ip flannel-ipv4'],
      rules: ['--comment "cali:', '-m ipvs --vdir ORIGINAL'],
      ipsets: ['weave-'],
    },
  ],
  undefined,
);
const nothingBefore = { nftTables: [], nftChains: [] };

const setUp = () => {
  const { cluster, runner } = fakeCluster();
  runner.on('sh -c', '');
  return { host: cluster.controlPlane, runner };
};
/** The call whose script holds the words. */
const callOf = ({ runner }: ReturnType<typeof setUp>, words: string) =>
  runner.calls.find(({ argv }) => argv[2]?.includes(words));

describe('removeNetwork', () => {
  test('removes the links of every cluster and those of the CNI', async () => {
    const at = setUp();
    await removeNetwork(at.host, traces, nothingBefore, quiet);
    expect(callOf(at, 'ip link delete')?.argv.slice(4)).toEqual(
      expect.arrayContaining(['kube-ipvs0', 'flannel.1', 'cali*']),
    );
  });

  test('leaves links that were there before, the script run for real', async () => {
    using shell = new SandboxShell();
    for (const link of ['cali1', 'cali2', 'flannel.1', 'eth0'])
      mkdirSync(shell.path(`net/${link}`), { recursive: true });
    shell.fake('ip', 'echo "$*" >> "$DIR/log"');
    const at = setUp();
    at.runner.on(/ip link delete/, (argv) =>
      shell.run(
        argv.map((arg) =>
          arg.replaceAll('/sys/class/net', shell.path('net')).replaceAll('/run/netns', shell.dir),
        ),
        {},
      ),
    );
    const network = { links: ['eth0', 'cali2'], routeTables: [], routeProtocols: [], ipvs: false };
    await removeNetwork(at.host, traces, { ...nothingBefore, network }, quiet);
    expect(readFileSync(shell.path('log'), 'utf8').trim().split('\n').sort()).toEqual([
      'link delete cali1',
      'link delete flannel.1',
    ]);
  });

  test('removes the tables of kube-proxy and the CNI, and asks for no other', async () => {
    const at = setUp();
    await removeNetwork(at.host, traces, nothingBefore, quiet);
    const tables = callOf(at, 'nft delete table $table')?.argv.slice(4);
    expect(tables).toEqual(expect.arrayContaining(['ip kube-proxy', 'ip6 kube-proxy', 'ip flannel-ipv4']));
    expect(tables?.filter((table) => /(filter|nat|mangle)$/.test(table))).toEqual([]);
  });

  describe('empty chains', () => {
    const ruleset = `table ip filter {
	chain INPUT {
		type filter hook input priority filter; policy accept;
	}
	chain DOCKER-USER {
		counter packets 0 bytes 0 return
	}
}
table ip6 filter {
	chain INPUT {
		type filter hook input priority filter; policy drop;
	}
	chain admin {
	}
}
table inet admin {
}
table ip nat {
	chain PREROUTING {
		type nat hook prerouting priority dstnat; policy accept;
	}
}
table ip mangle {
}
`;
    const commandsFor = async (before: typeof nothingBefore | Record<string, readonly string[]>) => {
      const at = setUp();
      at.runner.on(/nft list ruleset/, ruleset);
      await removeNetwork(at.host, traces, { ...nothingBefore, ...before }, quiet);
      return callOf(at, 'nft "$command"')?.options.input;
    };

    test('of iptables’ own that were not there before go, with the tables that are empty then', async () => {
      expect(await commandsFor({})).toBe(
        'delete chain ip filter INPUT\ndelete chain ip nat PREROUTING\ndelete table ip nat\ndelete table ip mangle\n',
      );
    });

    test('that were there before stay, with their tables', async () => {
      const nftChains = ['ip filter INPUT', 'ip nat PREROUTING'];
      expect(await commandsFor({ nftChains })).toBe('delete table ip mangle\n');
      expect(await commandsFor({ nftTables: ['ip nat', 'ip mangle'] })).toBe(
        'delete chain ip filter INPUT\ndelete chain ip nat PREROUTING\n',
      );
    });

    test('no command where there is nothing to do', async () => {
      expect(
        await commandsFor({ nftChains: ['ip filter INPUT', 'ip nat PREROUTING'], nftTables: ['ip mangle'] }),
      ).toBe(undefined);
    });
  });
});

describe('a tunnel module’s own device, the script run for real over a fake ip', () => {
  test.each([
    ['that outlives its deletion is put down and loses its addresses', 'tunl0', true],
    ['that its deletion removes needs no more', 'tunl0', false],
    ['is the only one of which less than deletion is enough', 'vxlan.calico', true],
  ])('%s', async (_name, link, outlives) => {
    using shell = new SandboxShell();
    shell.fake(
      'ip',
      `echo "$*" >> "$DIR/done"; ${outlives ? '' : `[ "$2" != delete ] || rmdir "$DIR/net/$3"`}`,
    );
    mkdirSync(shell.path(`net/${link}`), { recursive: true });
    const at = setUp();
    at.runner.on(/ip link delete/, (argv, options) =>
      shell.run(
        argv.map((text) => text.replaceAll(/\/sys\/class\/(?=net)|\/run\/(?=netns)/g, `${shell.dir}/`)),
        options,
      ),
    );
    await removeNetwork(
      at.host,
      removable([{ links: [link], chains: [], nftTables: [] }], undefined),
      nothingBefore,
      quiet,
    );
    const more = ['link set dev tunl0 down', 'address flush dev tunl0'];
    expect(readFileSync(shell.path('done'), 'utf8').trimEnd().split('\n')).toEqual([
      `link delete ${link}`,
      ...(link === 'tunl0' && outlives ? more : []),
    ]);
  });
});

describe('iptables chains, the script run for real over fake tools', () => {
  let shell: SandboxShell;
  beforeEach(() => {
    shell = new SandboxShell();
    const tools = ['iptables-nft', 'ip6tables-nft', 'iptables-legacy', 'ip6tables-legacy'];
    for (const tool of tools) {
      shell.fake(`${tool}-save`, `cat "$DIR/${tool}.$2" 2>/dev/null`);
      shell.fake(`${tool}-restore`, `echo "$*" >> "$DIR/${tool}.args"; cat >> "$DIR/${tool}.restored"`);
    }
  });
  afterEach(() => {
    shell[Symbol.dispose]();
  });
  const restored = (tool: string): string | undefined =>
    existsSync(shell.path(`${tool}.restored`))
      ? readFileSync(shell.path(`${tool}.restored`), 'utf8')
      : undefined;
  const reset = async (rules: Record<string, string>) => {
    for (const [name, text] of Object.entries(rules)) writeFileSync(shell.path(name), `${text}\n`);
    const at = setUp();
    at.runner.on(/-restore/, shell.run);
    await removeNetwork(at.host, traces, nothingBefore, quiet);
  };

  test('rules that jump to our chains go first, then their rules, then they; others stay', async () => {
    await reset({
      'iptables-nft.filter': `*filter
:INPUT ACCEPT [0:0]
:KUBE-FIREWALL - [0:0]
:FLANNEL-FWD - [0:0]
:DOCKER-USER - [0:0]
-A INPUT -s 10.0.0.0/8 -j ACCEPT
-A INPUT -m comment --comment "two words" -j KUBE-FIREWALL
-A FORWARD -g FLANNEL-FWD
-A DOCKER-USER -j KUBE-FIREWALL
-A KUBE-FIREWALL -j FLANNEL-FWD
COMMIT`,
    });
    const lines = (restored('iptables-nft') ?? '').trim().split('\n');
    expect(lines).toEqual([
      '*filter',
      '-D INPUT -m comment --comment "two words" -j KUBE-FIREWALL',
      '-D FORWARD -g FLANNEL-FWD',
      '-D DOCKER-USER -j KUBE-FIREWALL',
      '-F KUBE-FIREWALL',
      '-F FLANNEL-FWD',
      '-X KUBE-FIREWALL',
      '-X FLANNEL-FWD',
      'COMMIT',
    ]);
    expect(readFileSync(shell.path('iptables-nft.args'), 'utf8')).toBe('--noflush\n');
    expect(restored('ip6tables-nft')).toBeUndefined();
  });

  test('where no chain is ours, nothing is touched', async () => {
    await reset({
      'iptables-nft.nat':
        '*nat\n:PREROUTING ACCEPT [0:0]\n:MY-KUBE-X - [0:0]\n-A MY-KUBE-X -j ACCEPT\nCOMMIT',
    });
    expect(restored('iptables-nft')).toBeUndefined();
  });

  test('rules in others’ chains that name our links, ipsets or words go one by one; others stay', async () => {
    shell.fake(
      'iptables-nft-restore',
      'input=$(cat); printf "%s\\n" "$input" >> "$DIR/iptables-nft.restored"; case $input in *flannel.1*) exit 1 ;; esac',
    );
    const ours = [
      '-A FORWARD -o flannel.1 -j DROP',
      '-A FORWARD -i cali12 ! -o cali12 -j ACCEPT',
      '-A FORWARD -o tun-ab -j ACCEPT',
      '-A INPUT -m comment --comment "cali:x y" -j MARK --set-xmark 0x1/0x1',
      '-A POSTROUTING -m set --match-set weave-x src -m comment --comment "back\\slash" -j MASQUERADE',
      '-A POSTROUTING ! -s 10.0.0.0/24 -m ipvs --vdir ORIGINAL --vmethod MASQ -j SNAT --to-source 10.0.0.1',
    ];
    const others = [
      '-A FORWARD -o flannel.10 -j DROP',
      '-A FORWARD -o eth0 -j ACCEPT',
      '-A FORWARD -o tun-abc -j ACCEPT',
      '-A INPUT -m comment --comment "see cali:x" -j ACCEPT',
      '-A INPUT -m set --match-set my-weave-x src -j DROP',
    ];
    await reset({ 'iptables-nft.filter': ['*filter', ':FORWARD DROP [0:0]', ...ours, ...others].join('\n') });
    const lines = (restored('iptables-nft') ?? '').trim().split('\n');
    expect(lines).toEqual(ours.flatMap((rule) => ['*filter', rule.replace('-A', '-D'), 'COMMIT']));
  });
});
