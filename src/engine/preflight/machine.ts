import { machineFindings } from './machine-size.ts';
import { found, nothing, type HostCheck } from './check.ts';

const GIB = 2 ** 30;
const MIN_DISK = 4 * GIB;
const MAX_CLOCK_OFFSET_MS = 30_000;

const size: HostCheck = (host) =>
  host.isControlPlane
    ? machineFindings(host.facts).map((finding) => ({ ...finding, host: host.address }))
    : nothing;

const disk: HostCheck = (host) =>
  host.facts.diskFreeBytes >= MIN_DISK
    ? nothing
    : found(
        host,
        'disk',
        `${(host.facts.diskFreeBytes / GIB).toFixed(1)} GiB free below /var/lib, and a node needs 4`,
        {
          hint: 'free some space or give the host a larger disk',
          // What fills the disk of a host of ours is the cluster itself.
          severity: host.state === undefined ? 'error' : 'warning',
        },
      );

const system: HostCheck = (host) => {
  const { arch, systemd, os } = host.facts;
  return [
    ...(arch === undefined
      ? found(host, 'architecture', 'the machine is neither x86_64 nor aarch64', {
          hint: 'use amd64 or arm64 hosts',
        })
      : []),
    ...(systemd
      ? []
      : found(host, 'systemd', `${os.name} was not booted with systemd`, { hint: 'use a systemd host' })),
  ];
};

/** Without these kubeadm, the kubelet or we ourselves cannot work. */
const requiredTools = [
  'iptables',
  'ip',
  'mount',
  'umount',
  'nsenter',
  'tar',
  'sha256sum',
  'flock',
  'systemd-run',
];
/** Debian's package for a tool where the names differ; RPM distributions mostly agree. */
const packages: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  mount: 'mount',
  umount: 'mount',
  nsenter: 'util-linux',
  flock: 'util-linux',
  sha256sum: 'coreutils',
  'systemd-run': 'systemd',
};

const tools: HostCheck = (host) => {
  const missing = requiredTools.filter((tool) => !host.facts.tools.includes(tool));
  if (missing.length === 0) return nothing;
  const names = [...new Set(missing.map((tool) => packages[tool] ?? tool))].join(' ');
  return found(host, 'tools', `missing programs: ${missing.join(', ')}`, {
    hint: `install them, e.g. apt-get install ${names}`,
  });
};

/** Ones whose lifetime ends are gone, and with them the way to a host that is reached from elsewhere. */
const advertised: HostCheck = (host) =>
  host.facts.advertised.flatMap((link) =>
    host.families.includes(6)
      ? found(
          host,
          'router-advertisements',
          `its IPv6 default route over ${link} comes by router advertisements, which the kernel takes no more once it forwards packets`,
          {
            severity: 'warning',
            hint: `sysctl -w net.ipv6.conf.${link.replaceAll('.', '/')}.accept_ra=2, and so in /etc/sysctl.d`,
          },
        )
      : nothing,
  );

/** The CNI's own would be without. */
const NO_IPV6 = 'net.ipv6.conf.default.disable_ipv6';

const kernel: HostCheck = (host) => {
  const { filesystems, bridgeNetfilter, cgroup, swap, conntrack, sysctls } = host.facts;
  const info = { severity: 'info' } as const;
  return [
    ...(filesystems.includes('overlay')
      ? []
      : found(
          host,
          'overlay',
          'the kernel offers no overlay file system yet; its module will be loaded',
          info,
        )),
    ...(bridgeNetfilter
      ? []
      : found(host, 'bridge-netfilter', 'the kernel has no bridge netfilter, which Services need', {
          hint: 'install a kernel with the module br_netfilter (linux-modules-extra on some clouds)',
        })),
    ...(host.families.includes(6) && sysctls[NO_IPV6] === '1'
      ? found(host, 'ipv6-disabled', `network interfaces that are made get no IPv6 (${NO_IPV6} is 1)`, {
          hint: `sysctl -w ${NO_IPV6}=0, and so in /etc/sysctl.d`,
        })
      : []),
    ...(cgroup === 'v1'
      ? found(
          host,
          'cgroup-v1',
          'cgroup v1: kubelets are told to accept it (failCgroupV1: false, cgroupfs driver)',
          info,
        )
      : []),
    ...(swap.length > 0
      ? found(host, 'swap', `swap stays on (${swap.join(', ')}); pods will not use it`, info)
      : []),
    ...(conntrack === 'read-only'
      ? found(
          host,
          'conntrack',
          'the conntrack table size cannot be set here; kube-proxy leaves it alone',
          info,
        )
      : []),
  ];
};

const clock: HostCheck = (host, { hosts }) => {
  const offsets = hosts.map((other) => other.facts.clockOffsetMs).sort((a, b) => a - b);
  const median = offsets[Math.floor(offsets.length / 2)] ?? 0;
  const delta = host.facts.clockOffsetMs - median;
  // The runner counts too: tokens and certificates are dated by hosts, but deadlines by the runner.
  const worst = Math.abs(delta) > Math.abs(host.facts.clockOffsetMs) ? delta : host.facts.clockOffsetMs;
  return Math.abs(worst) <= MAX_CLOCK_OFFSET_MS
    ? nothing
    : found(host, 'clock', `the clock is off by ${(worst / 1000).toFixed(0)} s`, {
        hint: 'synchronise it (e.g. systemctl restart systemd-timesyncd)',
      });
};

export const machineChecks: readonly HostCheck[] = [system, size, disk, tools, kernel, advertised, clock];
