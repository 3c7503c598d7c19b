import type { Host } from '../host.ts';
import type { NetworkTraces } from './traces.ts';

type RuleTraces = Pick<Required<NetworkTraces>, 'chains' | 'links' | 'ipsets' | 'rules'>;

/** Removes chains with all that jumps to them, and rules in others' chains that are the cluster's. */
export async function removeRules(host: Host, traces: RuleTraces, signal: AbortSignal): Promise<void> {
  await host.sh(script, [alternatives(traces.chains), rulePattern(traces)], { signal });
}

/** An extended regular expression for the rules of the cluster in chains of others, as iptables-save prints them. */
export function rulePattern({ chains, links, ipsets, rules }: RuleTraces): string {
  const interfaces = links.map((link) => escaped(link).replaceAll('\\*', '[^ ]*').replaceAll('\\?', '.'));
  return [
    ` -[jg] (${alternatives(chains)})`,
    ` -[io] (${interfaces.join('|')})( |$)`,
    ...(ipsets.length > 0 ? [` --match-set (${alternatives(ipsets)})`] : []),
    ...rules.map(escaped),
  ].join('|');
}

/** An extended regular expression for what begins with one of these. */
export function alternatives(prefixes: readonly string[]): string {
  return prefixes.map(escaped).join('|');
}

function escaped(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

/**
 * Rules that jump to the chains go first, then the chains' own rules, then the chains; then all other rules, one at a
 * time, since what is not understood as it was printed is no reason to keep the rest. A legacy table is only looked at
 * where it is in use: asking for it would make it.
 */
const script = `
for tool in iptables-nft ip6tables-nft iptables-legacy ip6tables-legacy; do
  command -v "$tool-save" >/dev/null || continue
  case $tool in
    iptables-legacy) tables=$(cat /proc/net/ip_tables_names 2>/dev/null) || continue ;;
    ip6tables-legacy) tables=$(cat /proc/net/ip6_tables_names 2>/dev/null) || continue ;;
    *) tables='raw mangle nat filter security' ;;
  esac
  for table in $tables; do
    rules=$("$tool-save" -t "$table" 2>/dev/null) || continue
    chains=$(printf '%s\\n' "$rules" | sed -nE "s/^:(($1)[^ ]*) .*/\\1/p")
    if [ -n "$chains" ]; then
      {
        echo "*$table"
        printf '%s\\n' "$rules" | grep -vE "^-A ($1)" | sed -nE "s/^-A (.* -[jg] ($1).*)$/-D \\1/p"
        for chain in $chains; do echo "-F $chain"; done
        for chain in $chains; do echo "-X $chain"; done
        echo COMMIT
      } | "$tool-restore" --noflush
    fi
    printf '%s\\n' "$rules" | grep -vE "^-A ($1)| -[jg] ($1)" | grep -E "^-A .*($2)" | while IFS= read -r rule; do
      printf '*%s\\n-D%s\\nCOMMIT\\n' "$table" "\${rule#-A}" | "$tool-restore" --noflush 2>/dev/null || true
    done
  done
done
`;
