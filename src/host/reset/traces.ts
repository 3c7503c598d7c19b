import type { NetworkUse } from '../network-facts.ts';

/** What a network component makes on a host, for its removal. Names are literal unless said otherwise. */
export interface NetworkTraces {
  /** Network interfaces, in which `*` stands for any characters and `?` for one. */
  readonly links: readonly string[];
  /** Prefixes of iptables chains. */
  readonly chains: readonly string[];
  /** `family name` of nftables tables. */
  readonly nftTables: readonly string[];
  /**
   * What tells its rules in iptables chains that are not its own, as iptables-save prints them (`--comment "cali:`).
   * Rules that jump to its chains, or name its links or ipsets, are found without.
   */
  readonly rules?: readonly string[];
  /** Prefixes of ipsets. */
  readonly ipsets?: readonly string[];
  /** Routing tables as `ip` shows them, by number or name: their routes and the rules that look them up. */
  readonly routeTables?: readonly string[];
  /** `ip route`'s protocols as it shows them, by name or number: their routes in the main table. */
  readonly routeProtocols?: readonly string[];
  /** UDP ports at which the kernel takes foo-over-UDP. */
  readonly fouPorts?: readonly string[];
  /** Datapaths of Open vSwitch, which are links that `ip` cannot delete. */
  readonly datapaths?: readonly string[];
  /** Mount points. */
  readonly mounts?: readonly string[];
  /** Paths below /sys/fs/bpf, where programs and maps are pinned; a trailing `*` matches a prefix. */
  readonly bpfPins?: readonly string[];
  /** Prefixes of BPF programs' names, as far as they are filters (tc) of interfaces that stay. */
  readonly bpfFilters?: readonly string[];
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
  ipsets: ['KUBE-'],
};

/** Of the CNI plugins, whichever CNI calls them. */
export const pluginTraces: NetworkTraces = {
  links: [],
  chains: ['CNI-'],
  nftTables: ['ip cni_hostport', 'ip6 cni_hostport', 'inet cni_plugins_masquerade'],
};

/** Of kubelet and kube-proxy: nothing of them is needed once the node is none. */
export const nodeTraces: NetworkTraces = {
  ...kubeProxyTraces,
  links: [...kubeProxyTraces.links, 'nodelocaldns'],
  chains: ['KUBE-'],
};

/** What each kind of name has to look like, lest one that is wrong removes something else or is taken for an option. */
const shapes: Readonly<Record<keyof NetworkTraces, RegExp>> = {
  links: /^\w[\w.-]{2,}[?*]*$/,
  chains: /^[\w:.-]{3,}$/,
  nftTables: /^(ip|ip6|inet|bridge|netdev|arp) [\w./-]+$/,
  rules: /^-.{5,}$/,
  ipsets: /^[\w:.-]{3,}$/,
  routeTables: /^\w[\w.-]*$/,
  routeProtocols: /^\w[\w.-]*$/,
  fouPorts: /^\d+$/,
  datapaths: /^[\w.-]+$/,
  mounts: /^\/(?!.*\.\.)[\w.-]+\/[\w./-]+$/,
  bpfPins: /^\/sys\/fs\/bpf\/(?!.*\.\.)[\w./-]+\*?$/,
  bpfFilters: /^\w{3,}$/,
};

/** Routing tables and protocols of the kernel's and the host's own, which are nobody's traces. */
const reserved: readonly string[] = [
  'main',
  'local',
  'default',
  'all',
  'kernel',
  'boot',
  'static',
  'dhcp',
  'ra',
];

/**
 * The traces with those that every cluster has, without those that the host had before. Where nobody noted what it had,
 * its routing is left alone, by which we reach it.
 * @throws TypeError for a name that has not the form of its kind.
 */
export function removable(
  traces: readonly NetworkTraces[],
  before: NetworkUse | undefined,
): Required<NetworkTraces> {
  const all = (key: keyof NetworkTraces, kept: readonly string[] = []): readonly string[] => {
    const names = [...new Set(traces.flatMap((one) => one[key] ?? []))];
    const wrong = names.find((name) => !shapes[key].test(name) || name.includes('\n'));
    if (wrong !== undefined) throw new TypeError(`${JSON.stringify(wrong)} is no name for ${key}`);
    return names.filter((name) => !kept.includes(name));
  };
  return {
    links: all('links', before?.links),
    chains: all('chains'),
    nftTables: all('nftTables'),
    rules: all('rules'),
    ipsets: all('ipsets'),
    routeTables: before === undefined ? [] : all('routeTables', [...reserved, ...before.routeTables]),
    routeProtocols:
      before === undefined ? [] : all('routeProtocols', [...reserved, ...before.routeProtocols]),
    fouPorts: all('fouPorts'),
    datapaths: all('datapaths', before?.links),
    mounts: all('mounts'),
    bpfPins: all('bpfPins'),
    bpfFilters: all('bpfFilters'),
  };
}

/** One argument for a script: links that were there before, each with a space around it. */
export function keptLinks(before: NetworkUse | undefined): string {
  return ` ${(before?.links ?? []).join(' ')} `;
}

/** @param pattern one of `links`. */
export function matchesLink(link: string, pattern: string): boolean {
  const expression = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(link);
}
