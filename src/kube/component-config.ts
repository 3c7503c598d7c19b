import type { Host } from '../host/host.ts';
import { paths } from '../host/paths.ts';

/** kubelet settings that the hosts' facts ask for, valid for all of them. */
export function kubeletConfiguration(hosts: readonly Host[]): KubeletConfiguration {
  const any = (test: (host: Host) => boolean): boolean => hosts.some(test);
  const [first] = hosts;
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    cgroupDriver: first === undefined ? 'systemd' : cgroupDriver(first),
    // From 1.35 on the kubelet refuses cgroup v1 unless told otherwise.
    ...(any((host) => host.facts.cgroup === 'v1') ? { failCgroupV1: false } : {}),
    // Swap may stay on: pods do not use it (NoSwap is the default), and the host keeps what it had. Also without any,
    // since the configuration is that of hosts which join later.
    failSwapOn: false,
    ...(needsResolvConf(hosts) ? { resolvConf: paths.resolvConf } : {}),
  };
}

export interface KubeletConfiguration {
  readonly [field: string]: unknown;
  readonly kind: 'KubeletConfiguration';
  readonly cgroupDriver: 'systemd' | 'cgroupfs';
}

/** systemd delegates cgroups well on v2; on v1 in a container its driver finds no hierarchy of its own. */
export function cgroupDriver(host: Host): 'systemd' | 'cgroupfs' {
  return host.facts.cgroup === 'v2' ? 'systemd' : 'cgroupfs';
}

/** True when some host's resolver is on loopback, where CoreDNS would forward to itself. */
export function needsResolvConf(hosts: readonly Host[]): boolean {
  return hosts.some((host) => host.facts.loopbackResolver);
}

/** The content of the host's resolver file for pods. */
export function resolvConf(host: Host): string {
  const servers = host.facts.nameservers;
  if (servers.length > 0) return servers.map((server) => `nameserver ${server}\n`).join('');
  // CoreDNS does not start without any; nothing answers here, so that names outside of the cluster fail at once.
  return `# no resolver but loopback ones on this host\nnameserver ${host.internalAddress}\n`;
}

export function kubeProxyConfiguration(hosts: readonly Host[]): {
  readonly [field: string]: unknown;
  readonly kind: 'KubeProxyConfiguration';
} {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    // Zero leaves the table's size alone, which may not be set in a network namespace of its own.
    ...(hosts.some((host) => host.facts.conntrack !== 'writable')
      ? { conntrack: { maxPerCore: 0, min: 0 } }
      : {}),
  };
}
