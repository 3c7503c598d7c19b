import { randomUUID } from 'node:crypto';

/** What the facts script prints on a healthy Debian host, by section. */
export function factsSections(index = 0): Record<string, string> {
  const address = `10.0.0.${String(index + 1)}`;
  return {
    hostname: `host-${String(index + 1)}`,
    'machine-id': randomUUID(),
    os: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n',
    kernel: '6.1.0',
    arch: 'x86_64',
    init: 'systemd',
    cloud: '',
    cgroup: 'v2',
    capabilities: '000001ffffffffff',
    cpus: '2',
    memory: '4194304',
    disk: '/dev/sda1 100000000 1000 52428800 1% /',
    swap: '',
    time: `${String(Date.now())}000000`,
    'default-route': 'default via 10.0.0.254 dev eth0 ',
    'default-route-6': '',
    advertised: '',
    addresses: [
      '1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever',
      `2: eth0    inet ${address}/24 brd 10.0.0.255 scope global eth0\\       valid_lft forever`,
      '2: eth0    inet6 fe80::1/64 scope link \\       valid_lft forever',
    ].join('\n'),
    routes: 'default via 10.0.0.254 dev eth0\n10.0.0.0/24 dev eth0 proto kernel',
    links: 'eth0\nlo',
    routing: 'lookup default\nlookup local\nlookup main\nproto kernel\ntable local',
    ipvs: '',
    resolv: 'nameserver 10.0.0.254',
    'resolv-upstream': '',
    filesystems: 'nodev\tsysfs\nnodev\toverlay\nnodev\tbpf\nnodev\tcgroup2\n\text4',
    mounts: 'shared\nbpffs',
    'bridge-netfilter': 'yes',
    conntrack: 'writable',
    'kernel-features': 'modules\nmodule ip_set\nmodule xt_set',
    iptables: 'iptables v1.8.9 (nf_tables)',
    tools: 'iptables\nip\nmount\numount\nnsenter\ncurl\ntar\nsha256sum\nflock\nsystemd-run\ntc\nperl',
    listening: '0016',
    'listening-udp': '',
    sysctls: 'net.ipv4.ip_forward=0',
    nft: '',
    directories: 'empty /etc/cni',
    'directory-modes': '/etc/cni=755 0:0',
    'cni-conf': '',
    'cluster-files': '',
    containerd: '',
    services: '',
    installed: '',
    'own-files': '',
    state: '',
  };
}

/** Sections as the script prints them, up to the last word of it. */
export function factsOutput(marker: string, sections: Readonly<Record<string, string>>): string {
  const text = Object.entries(sections).map(([name, body]) => `${marker} ${name}\n${body}\n`);
  return `${text.join('')}${marker} end\n`;
}
