import type { Host } from '../host.ts';
import { parseRuleset, tablesOf } from '../nftables.ts';

/** What the network components of a cluster made. */
export interface NetworkTraces {
  /** A trailing `*` matches a prefix. */
  readonly links: readonly string[];
  /** Prefixes of iptables chains. */
  readonly chains: readonly string[];
  /** `family table`. */
  readonly nftTables: readonly string[];
}

/** Of kube-proxy, which goes where a CNI does its work. */
export const kubeProxyTraces: NetworkTraces = {
  links: ['kube-ipvs0'],
  chains: [
    'KUBE-SERVICES',
    'KUBE-EXTERNAL-SERVICES',
    'KUBE-NODEPORTS',
    'KUBE-NODE-PORT',
    'KUBE-LOAD-BALANCER',
    'KUBE-FORWARD',
    'KUBE-PROXY',
    'KUBE-SVC-',
    'KUBE-SVL-',
    'KUBE-SEP-',
    'KUBE-EXT-',
    'KUBE-FW-',
    'KUBE-XLB-',
  ],
  nftTables: ['ip kube-proxy', 'ip6 kube-proxy'],
};

/** Of the CNI plugins, whichever CNI calls them. */
export const pluginTraces: NetworkTraces = {
  links: [],
  chains: ['CNI-'],
  nftTables: ['ip cni_hostport', 'ip6 cni_hostport', 'inet cni_plugins_masquerade'],
};

/** Of kubelet and kube-proxy: nothing of them is needed once the node is none. */
export const nodeTraces: NetworkTraces = {
  links: [...kubeProxyTraces.links, 'nodelocaldns'],
  chains: ['KUBE-'],
  nftTables: kubeProxyTraces.nftTables,
};

/** What nftables held before the first change. */
export interface NftBaseline {
  readonly nftTables: readonly string[];
  readonly nftChains: readonly string[];
}

/** Removes links, pod namespaces, chains and tables of the cluster's network, and nothing else. */
export async function removeNetwork(
  host: Host,
  traces: readonly NetworkTraces[],
  before: NftBaseline,
  signal: AbortSignal,
): Promise<void> {
  const links = traces.flatMap((one) => one.links);
  await host.sh(linksScript, links, { signal });
  const chains = traces
    .flatMap((one) => one.chains)
    .map((prefix) => prefix.replace(/[^\w-]/g, ''))
    .join('|');
  await host.sh(iptablesScript, [chains], { signal });
  const tables = traces.flatMap(({ nftTables }) => nftTables);
  await host.sh(tablesScript, tables, { signal });
  await removeEmptyChains(host, before, signal);
}

const linksScript = `
for netns in /run/netns/cni-*; do
  if [ -e "$netns" ]; then ip netns delete "\${netns##*/}" 2>/dev/null || { umount "$netns" 2>/dev/null || true; rm -f "$netns"; }; fi
done
if [ -d /run/netns ]; then rmdir --ignore-fail-on-non-empty /run/netns 2>/dev/null || true; fi
for name in "$@"; do
  for path in /sys/class/net/$name; do
    [ -e "$path" ] || continue
    link=\${path##*/}
    ip link delete "$link" 2>/dev/null || true
    # A tunnel module's own device outlives its deletion, which says nothing of that.
    if [ "$link" = tunl0 ] && [ -e "$path" ]; then
      ip link set dev "$link" down 2>/dev/null || true
      ip address flush dev "$link" 2>/dev/null || true
    fi
  done
done
`;

/**
 * Rules that jump to the chains go first, then the chains' own rules, then the chains. A legacy table is only looked at
 * where it is in use: asking for it would make it.
 */
const iptablesScript = `
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
    [ -n "$chains" ] || continue
    {
      echo "*$table"
      printf '%s\\n' "$rules" | grep -vE "^-A ($1)" | sed -nE "s/^-A (.* -[jg] ($1).*)$/-D \\1/p"
      for chain in $chains; do echo "-F $chain"; done
      for chain in $chains; do echo "-X $chain"; done
      echo COMMIT
    } | "$tool-restore" --noflush
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

async function removeEmptyChains(host: Host, before: NftBaseline, signal: AbortSignal): Promise<void> {
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
