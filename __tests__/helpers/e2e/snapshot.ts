import type { Runner } from '../../../src/exec/runner.ts';

/** What a host is made of as far as a cluster could change it: part → its lines. */
export type Snapshot = Readonly<Record<string, readonly string[]>>;

/** Kernel values that change by themselves, or that a network interface of its own time has. */
const volatile = [
  'nf_conntrack_count',
  'kernel/(random/|ns_last_pid|pty/nr)',
  // Cilium sets it, and the kernel takes it back only at a boot.
  'kernel/unprivileged_bpf_disabled',
  'net/ipv[46]/(conf|neigh)/(veth|cni|flannel|cilium|lxc)',
];

/** Volatile by themselves: what systemd and the kernel write at their own times. */
const script = `
s() { echo "== $1"; }
s links; ip -o link show | sed 's/^[0-9]*: \\([^:@]*\\)[^:]*:.* mtu \\([0-9]*\\).*/\\1 \\2/' | sort
s addresses; ip -o address show | tr -s ' ' | cut -d ' ' -f 2-4,6-9 | sed -e 's/ valid_lft.*//' -e 's/ tentative//' | sort
s routes; ip -4 route show table all | sed 's/ linkdown//' | sort; ip -6 route show | grep -v ' fe80::' | sed 's/ expires [0-9]*sec//' | sort
s rules; ip rule show
s iptables; for tool in iptables-nft ip6tables-nft iptables-legacy ip6tables-legacy; do
  $tool-save 2>/dev/null | sed -e '/^#/d' -e 's/\\[[0-9]*:[0-9]*\\]//' -e "s/^/$tool /"; done
s nftables; nft list ruleset 2>/dev/null | sed -e 's/counter packets [0-9]* bytes [0-9]*/counter/' -e '/^[[:space:]]*}$/d'
s ipsets; ipset list -n 2>/dev/null | sort
s bpf; find /sys/fs/bpf -mindepth 1 2>/dev/null | sort
s filters; for l in /sys/class/net/*; do for hook in ingress egress; do
  tc filter show dev "\${l##*/}" $hook 2>/dev/null | sed "s/^/\${l##*/} $hook /"; done; done
s mounts; cut -d ' ' -f 5 /proc/self/mountinfo | grep -v '^/run/user/' | sort
s unit-files; systemctl list-unit-files --no-legend --plain | grep -v '\\.scope' | tr -s ' ' | sort
s services; systemctl list-units --type=service --state=active,failed,activating --no-legend --plain \\
  | cut -d ' ' -f 1 | grep -vE '^(user@|user-runtime-dir@|systemd-(tmpfiles-clean|hostnamed|timedated)|apt-|dpkg-|e2scrub|fstrim|logrotate)' | sort
s etc; find /etc ! -type d ! -type l -exec sha256sum {} + | sort -k 2; find /etc -type l -printf '%p -> %l\\n' | sort; find /etc -type d | sort
s programs; find /usr/local /opt /root -printf '%y %m %p %l\\n' | sort; find /usr/local /opt /root -type f -exec sha256sum {} + | sort -k 2
s state; find /var/lib -path /var/lib/systemd -prune -o -printf '%y %m %u %p %l\\n' | sort
  find /var/lib -path /var/lib/systemd -prune -o -path /var/lib/containerd -prune -o -path /var/lib/kubelet -prune -o \\
    -path /var/lib/etcd -prune -o -type f -exec sha256sum {} + | sort -k 2
s started; systemctl show -p ActiveEnterTimestampMonotonic containerd.service kubelet.service
s logs; find /var/log -path /var/log/journal -prune -o -print | sort
s run; ls /run | grep -vE '^(user|log|lock|utmp|xtables\\.lock)$' | sort
s namespaces; ls /run/netns 2>/dev/null
s cgroups; find /sys/fs/cgroup -maxdepth 3 -name 'kube*' 2>/dev/null | sort
s sysctls; find /proc/sys/net /proc/sys/kernel /proc/sys/vm -type f -exec grep -sH '' {} + | grep -vE '${volatile.join('|')}' | sort
`;

async function snapshot(runner: Runner): Promise<Snapshot> {
  const { stdout } = await runner.run(['sh', '-c', script], { timeoutMs: 60_000 });
  const parts: Record<string, string[]> = {};
  let part: string[] = [];
  for (const line of stdout.split('\n')) {
    if (line.startsWith('== ')) parts[line.slice(3)] = part = [];
    else if (line !== '') part.push(line);
  }
  return parts;
}

/** Of every host, in their order. */
export function snapshots(hosts: readonly Runner[]): Promise<readonly Snapshot[]> {
  return Promise.all(hosts.map(snapshot));
}

/** What is other on the hosts than it was in their snapshots, in some parts or in all. */
export async function changesSince(
  before: readonly Snapshot[],
  hosts: readonly Runner[],
  parts?: readonly string[],
): Promise<readonly string[]> {
  const now = await snapshots(hosts);
  return now.flatMap((after, index) => differences(before[index] ?? {}, after, parts));
}

/** One line for each difference: `part: - line` for what went, `part: + line` for what came. */
function differences(
  before: Snapshot,
  after: Snapshot,
  parts: readonly string[] = Object.keys(before),
): readonly string[] {
  return parts.flatMap((part) => {
    const old = before[part] ?? [];
    const now = after[part] ?? [];
    return [
      ...without(old, now).map((line) => `${part}: - ${line}`),
      ...without(now, old).map((line) => `${part}: + ${line}`),
    ];
  });
}

/** As often as a line is in one more than in the other: a second mount or rule like the first is a difference. */
function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = Map.groupBy(others, (line) => line);
  return lines.filter((line) => left.get(line)?.pop() === undefined);
}
