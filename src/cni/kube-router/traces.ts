import type { CniTraces } from '../cni.ts';

/** What kube-router leaves, by its source at v2.11.1; its `--cleanup-config` leaves links and routes as well. */
export const kubeRouterTraces: CniTraces = {
  // Tunnels are `tun-` and eleven hexadecimal digits; any shorter name may be somebody's VPN.
  links: ['kube-bridge', 'kube-dummy-if', 'kube-tunnel-if', 'tun-???????????'],
  chains: ['KUBE-ROUTER-', 'KUBE-POD-FW-', 'KUBE-NWPLCY-'],
  nftTables: ['ip kube-router-filter-ipv4', 'ip6 kube-router-filter-ipv6'],
  rules: [
    '--comment "allow outbound node port traffic on node interface with which node ip is associated"',
    '-m ipvs --vdir ORIGINAL --vmethod MASQ -m comment --comment ""',
  ],
  ipsets: [
    'kube-router-',
    'inet6:kube-router-',
    'KUBE-SRC-',
    'KUBE-DST-',
    'inet6:KUBE-SRC-',
    'inet6:KUBE-DST-',
  ],
  // Tunnels, direct server return, and external addresses of Services.
  routeTables: ['77', '78', '79'],
  routeProtocols: ['17'],
  fouPorts: ['5555'],
  paths: ['/var/lib/kube-router'],
  // For Services by IPVS.
  sysctls: [
    'net.ipv4.conf.all.arp_ignore',
    'net.ipv4.conf.all.arp_announce',
    'net.ipv4.vs.conntrack',
    'net.ipv4.vs.conn_reuse_mode',
    'net.ipv4.vs.expire_nodest_conn',
    'net.ipv4.vs.expire_quiescent_template',
  ],
};
