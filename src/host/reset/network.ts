import type { Host } from '../host.ts';
import type { NetworkUse } from '../network-facts.ts';
import { parseRuleset, tablesOf } from '../nftables.ts';
import { detachBpfFilters } from './bpf-filters.ts';
import { removeRules } from './iptables.ts';
import { removeKernelState } from './kernel-state.ts';
import { keptLinks, type NetworkTraces } from './traces.ts';

/** What the network held before the first change. */
export interface NetworkBaseline {
  readonly nftTables: readonly string[];
  readonly nftChains: readonly string[];
  readonly network?: NetworkUse;
}

/**
 * Removes links, pod namespaces, chains, tables, routes and whatever else the cluster's network made, and nothing else.
 * @param traces from `removable`.
 */
export async function removeNetwork(
  host: Host,
  traces: Required<NetworkTraces>,
  before: NetworkBaseline,
  signal: AbortSignal,
): Promise<void> {
  await detachBpfFilters(host, traces.bpfFilters, signal);
  await host.sh(linksScript, [keptLinks(before.network), ...traces.links], { signal });
  await removeRules(host, traces, signal);
  await host.sh(tablesScript, traces.nftTables, { signal });
  await removeEmptyChains(host, before, signal);
  await removeKernelState(host, traces, signal);
}

const linksScript = `
kept=$1; shift
for netns in /run/netns/cni-*; do
  if [ -e "$netns" ]; then ip netns delete "\${netns##*/}" 2>/dev/null || { umount "$netns" 2>/dev/null || true; rm -f "$netns"; }; fi
done
if [ -d /run/netns ]; then rmdir --ignore-fail-on-non-empty /run/netns 2>/dev/null || true; fi
for name in "$@"; do
  for path in /sys/class/net/$name; do
    link=\${path##*/}
    case $kept in *" $link "*) continue ;; esac
    [ -e "$path" ] || continue
    ip link delete "$link" 2>/dev/null || true
    # A tunnel module's own device outlives its deletion, which says nothing of that.
    if [ "$link" = tunl0 ] && [ -e "$path" ]; then
      ip link set dev "$link" down 2>/dev/null || true
      ip address flush dev "$link" 2>/dev/null || true
    fi
  done
done
`;

const tablesScript = `
command -v nft >/dev/null || exit 0
for table in "$@"; do nft delete table $table 2>/dev/null || true; done
`;

/** Tables and chains that iptables' nft variant makes for itself, and leaves behind empty. */
const builtInTable = /^ip6? (raw|mangle|nat|filter|security)$/;
const builtInChain = /^ip6? \S+ (PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING)$/;

async function removeEmptyChains(host: Host, before: NetworkBaseline, signal: AbortSignal): Promise<void> {
  const { stdout } = await host.sh('command -v nft >/dev/null || exit 0; nft list ruleset', [], { signal });
  const chains = parseRuleset(stdout);
  const gone = chains.filter(
    ({ key, rules, drops }) =>
      rules === 0 && !drops && builtInChain.test(key) && !before.nftChains.includes(key),
  );
  const tableOf = (key: string): string => key.slice(0, key.lastIndexOf(' '));
  const used = new Set(chains.filter((chain) => !gone.includes(chain)).map(({ key }) => tableOf(key)));
  const tables = tablesOf(stdout).filter(
    (table) => builtInTable.test(table) && !used.has(table) && !before.nftTables.includes(table),
  );
  const commands = [
    ...gone.map(({ key }) => `delete chain ${key}`),
    ...tables.map((table) => `delete table ${table}`),
  ];
  // One at a time: what somebody else refers to meanwhile stays, and is no reason to keep the rest.
  const script = 'while read -r command; do nft "$command" 2>/dev/null || true; done';
  if (commands.length > 0) await host.sh(script, [], { signal, input: `${commands.join('\n')}\n` });
}
