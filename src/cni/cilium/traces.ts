import type { CniTraces } from '../cni.ts';

/** What agents leave on a host that they were killed on; names are those of upstream's sources of 1.19. */
export const ciliumTraces: CniTraces = {
  // A pod's is `lxc` and twelve digits of a hash, which no bridge of LXC's (`lxcbr0`) is.
  links: ['cilium_*', 'lxc_health', 'lxc????????????'],
  chains: ['CILIUM_', 'OLD_CILIUM_'],
  nftTables: [],
  paths: ['/run/cilium', '/etc/sysctl.d/99-zzz-override_cilium.conf', '/opt/cni/bin/cilium-cni'],
  sysctls: [
    'net.core.bpf_jit_enable',
    'net.ipv4.conf.all.rp_filter',
    'net.ipv4.fib_multipath_use_neigh',
    'kernel.timer_migration',
  ],
  ipsets: ['cilium_'],
  // To and from the proxy.
  routeTables: ['2004', '2005'],
  localRules: ['100'],
  mounts: ['/run/cilium/cgroupv2', '/run/cilium/bpffs'],
  bpfFilters: ['cil_'],
  apiGroups: ['cilium.io'],
  // The programs' links before the maps that they call each other by, or packets are dropped in between.
  taints: ['node.cilium.io/agent-not-ready'],
  bpfPins: ['/sys/fs/bpf/cilium', '/sys/fs/bpf/tc/globals/cilium_*'],
};
