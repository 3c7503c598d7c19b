import { describe, expect, test } from '@jest/globals';
import { parseRuleset, tablesOf } from '../../src/host/nftables.ts';

describe('parseRuleset', () => {
  test('tables, chains and the number of their rules; headers, sets and comments are none', () => {
    const ruleset = `# Warning: table ip nat is managed by iptables-nft, do not touch!
table ip nat {
	set blocked {
		type ipv4_addr
		elements = { 10.0.0.1,
			     10.0.0.2 }
	}

	map verdicts {
		type inet_service : verdict
		elements = { 80 : jump web, 443 : accept }
	}

	chain PREROUTING {
		type nat hook prerouting priority dstnat; policy accept;
	}

	chain POSTROUTING {
		comment "ours"
		type nat hook postrouting priority srcnat; policy accept;
		ip saddr { 10.0.0.0/8, 192.168.0.0/16 } masquerade
		ip saddr @blocked tcp dport vmap { 80 : drop,
			443 : drop }
	}
}
table inet filter {
	chain web {
		counter packets 0 bytes 0 accept
	}
}
`;
    expect(parseRuleset(ruleset)).toEqual([
      { key: 'ip nat PREROUTING', rules: 0, drops: false },
      { key: 'ip nat POSTROUTING', rules: 2, drops: false },
      { key: 'inet filter web', rules: 1, drops: false },
    ]);
  });

  test('a chain without rules may still drop everything', () => {
    const ruleset = `table ip filter {
	chain INPUT {
		type filter hook input priority filter; policy drop;
	}
	chain OUTPUT {
	}
}`;
    expect(parseRuleset(ruleset)).toEqual([
      { key: 'ip filter INPUT', rules: 0, drops: true },
      { key: 'ip filter OUTPUT', rules: 0, drops: false },
    ]);
  });

  test('a set that has the name of a chain is none', () => {
    expect(parseRuleset('table ip t {\n\tset chain {\n\t\ttype ipv4_addr\n\t}\n}')).toEqual([]);
  });

  test('braces in a comment do not count', () => {
    const ruleset =
      'table ip t {\n\tchain a {\n\t\taccept comment "{"\n\t}\n\tchain b {\n\t}\n}\ntable ip u {\n\tchain c {\n\t}\n}';
    expect(parseRuleset(ruleset).map(({ key }) => key)).toEqual(['ip t a', 'ip t b', 'ip u c']);
  });

  test('tablesOf also finds tables without chains', () => {
    expect(tablesOf('table ip a {\n}\ntable inet b {\n\tchain table {\n\t}\n}\n')).toEqual([
      'ip a',
      'inet b',
    ]);
  });

  test('nothing, and nonsense, hold no chains', () => {
    expect(parseRuleset('')).toEqual([]);
    expect(parseRuleset('}}}\nchain x {\n')).toEqual([]);
  });
});
