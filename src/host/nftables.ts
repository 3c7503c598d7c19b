export interface NftChain {
  /** `family table chain`. */
  readonly key: string;
  /** How many rules it holds. */
  readonly rules: number;
  /** It drops what no rule decides. */
  readonly drops: boolean;
}

/** The chains of `nft list ruleset`. */
export function parseRuleset(text: string): readonly NftChain[] {
  const chains: { key: string; rules: number; drops: boolean }[] = [];
  let table = '';
  let depth = 0;
  let chain: { key: string; rules: number; drops: boolean } | undefined;
  for (const raw of text.split('\n')) {
    const line = raw.replace(/"[^"]*"/g, '""').trim();
    if (line === '' || line.startsWith('#')) continue;
    if (depth === 0) table = /^table (\S+ \S+) \{/.exec(line)?.[1] ?? table;
    const name = depth === 1 ? /^chain (\S+) \{/.exec(line)?.[1] : undefined;
    if (name !== undefined) {
      chain = { key: `${table} ${name}`, rules: 0, drops: false };
      chains.push(chain);
    } else if (depth === 2 && chain !== undefined && !/^(type|policy|comment|\})/.test(line))
      chain.rules += 1;
    if (chain !== undefined && /\bpolicy drop;/.test(line)) chain.drops = true;
    depth += (line.match(/\{/g)?.length ?? 0) - (line.match(/\}/g)?.length ?? 0);
    if (depth < 2) chain = undefined;
  }
  return chains;
}

/** The tables of `nft list ruleset`, `family name` each; those without chains, too. */
export function tablesOf(text: string): readonly string[] {
  return [...text.matchAll(/^table (\S+ \S+) \{/gm)].map(([, table = '']) => table);
}
