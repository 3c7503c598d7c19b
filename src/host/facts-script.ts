import { dmiFiles } from './cloud.ts';
import { featuresScript } from './kernel-features.ts';
import { ownFiles, paths } from './paths.ts';

/** Kernel settings that Kubernetes, its proxy or a CNI change; remembered so that a reset can put them back. */
export const touchedSysctls = [
  'net.ipv4.ip_forward',
  'net.ipv4.conf.all.forwarding',
  'net.ipv6.conf.all.forwarding',
  'net.ipv6.conf.default.forwarding',
  'net.ipv4.conf.all.route_localnet',
  'net.ipv4.conf.all.rp_filter',
  'net.ipv4.conf.all.src_valid_mark',
  'net.ipv4.conf.all.arp_ignore',
  'net.ipv4.conf.all.arp_announce',
  // Not `all`: to write it would take the addresses of every interface away, whatever each had before.
  'net.ipv6.conf.default.disable_ipv6',
  'net.ipv4.vs.conntrack',
  'net.ipv4.vs.conn_reuse_mode',
  'net.ipv4.vs.expire_nodest_conn',
  'net.ipv4.vs.expire_quiescent_template',
  'net.bridge.bridge-nf-call-iptables',
  'net.bridge.bridge-nf-call-ip6tables',
  'net.core.bpf_jit_harden',
  'net.netfilter.nf_conntrack_acct',
  'net.netfilter.nf_conntrack_max',
  'net.netfilter.nf_conntrack_tcp_timeout_established',
  'net.netfilter.nf_conntrack_tcp_timeout_close_wait',
  'net.core.bpf_jit_enable',
  'net.ipv4.fib_multipath_use_neigh',
  'net.ipv4.ip_early_demux',
  'net.ipv4.ip_local_reserved_ports',
  'kernel.timer_migration',
  'vm.overcommit_memory',
  'vm.panic_on_oom',
  'kernel.panic',
  'kernel.panic_on_oops',
  'kernel.keys.root_maxkeys',
  'kernel.keys.root_maxbytes',
] as const;

export type TouchedSysctl = (typeof touchedSysctls)[number];

/** Ports that kubeadm's components bind, by role. */
export const kubernetesPorts = {
  'control-plane': [6443, 2379, 2380, 10250, 10257, 10259],
  worker: [10250],
} as const;

/**
 * Tells what a host is, in sections `<marker> <name>`; `$1` is a marker nobody can guess, so that nothing the host
 * prints can pass for a section, and what follows are the paths that a cluster would fill. Changes nothing; what cannot be
 * read gives an empty section.
 */
export const factsScript = `
set +e
m=$1; shift
s() { printf '\\n%s %s\\n' "$m" "$1"; }
s hostname; hostname
s machine-id; cat /etc/machine-id
s os; cat /etc/os-release
s kernel; uname -r
s arch; uname -m
s init; [ -d /run/systemd/system ] && echo systemd
s cloud; for f in ${dmiFiles.join(' ')}; do [ -r /sys/class/dmi/id/$f ] && echo "$f=$(cat /sys/class/dmi/id/$f)"; done
s cgroup; [ -f /sys/fs/cgroup/cgroup.controllers ] && echo v2 || echo v1
s capabilities; sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status
s cpus; nproc
s memory; sed -n 's/^MemTotal:[[:space:]]*\\([0-9]*\\).*/\\1/p' /proc/meminfo
s disk; df -Pk /var/lib | sed 1d
s swap; sed 1d /proc/swaps
s time; date +%s%N
s default-route; ip -o route show default
s default-route-6; ip -6 -o route show default
s advertised; ip -6 -o route show default proto ra | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p' | sort -u | while read -r l; do
  [ "$(cat "/proc/sys/net/ipv6/conf/$l/accept_ra")" = 1 ] && echo "$l"; done
s addresses; ip -o address show
s routes; ip -o route show; ip -6 -o route show
s links; ls /sys/class/net
s routing; for i in -4 -6; do ip $i route show table all; ip $i rule show; done | grep -oE '(proto|table|lookup) [^ ]+' | sort -u
s ipvs; sed -n 4p /proc/net/ip_vs
s resolv; cat /etc/resolv.conf
s resolv-upstream; cat /run/systemd/resolve/resolv.conf
s filesystems; cat /proc/filesystems
s mounts; sed -n 's|^[^ ]* [^ ]* [^ ]* [^ ]* / .* shared:[0-9]* .*|shared|p' /proc/self/mountinfo
  grep -q ' /sys/fs/bpf bpf ' /proc/mounts && echo bpffs
s bridge-netfilter; { [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || modprobe -nq br_netfilter; } && echo yes
s conntrack; if [ ! -e /proc/sys/net/netfilter/nf_conntrack_max ]; then modprobe -nq nf_conntrack && echo loadable || echo absent
  elif (: >> /proc/sys/net/netfilter/nf_conntrack_max); then echo writable; else echo read-only; fi
s kernel-features; ${featuresScript}
s iptables; iptables --version
s tools; for t in iptables ip mount umount nsenter conntrack socat ethtool curl wget tar sha256sum flock systemd-run tc python3 ipset ipvsadm; do
  command -v $t >/dev/null && echo $t; done; perl -MSocket -e 'print qq(perl\\n)'
s listening; for f in /proc/net/tcp /proc/net/tcp6; do sed -n 's/^ *[0-9]*: [0-9A-F]*:\\([0-9A-F]*\\) [0-9A-F:]* 0A .*/\\1/p' $f; done
s listening-udp; for f in /proc/net/udp /proc/net/udp6; do sed -n 's/^ *[0-9]*: [0-9A-F]*:\\([0-9A-F]*\\) 0*:0000 07 .*/\\1/p' $f; done
s sysctls; for k in ${touchedSysctls.join(' ')}; do f=/proc/sys/$(printf %s $k | tr . /); [ -r $f ] && echo "$k=$(cat $f)"; done
s nft; nft -t list ruleset
s directories; for d in "$@"; do [ -e "$d" ] || continue
  if [ ! -d "$d" ] || [ -n "$(find "$d/" -mindepth 1 ! -type d 2>/dev/null | head -n 1)" ]; then echo "full $d"; else echo "empty $d"; fi; done
s directory-modes; for d in "$@"; do [ -e "$d" ] && stat -L -c '%n=%a %u:%g' "$d"; done
s cni-conf; ls ${paths.cniConf}
s cluster-files; ls /etc/kubernetes/*.conf /etc/kubernetes/manifests/*.yaml
s containerd; command -v containerd && containerd --version
s services; for u in containerd kubelet docker crio firewalld; do systemctl is-active --quiet $u && echo $u; done
  grep -qs '^ENABLED=yes' /etc/ufw/ufw.conf && echo ufw
s installed; for f in ${paths.installed}/*; do [ -f $f ] && echo "\${f##*/}=$(cat $f)"; done
s own-files; for f in ${ownFiles.join(' ')}; do [ -e $f ] && echo $f; done
s state; cat ${paths.state}
s end
`;
