import type { Finding } from '../../report/model.ts';
import type { ClusterSpec } from '../../spec/cluster-spec.ts';
import type { CniFacts, CniPort } from '../cni.ts';
import { cloudIpip, cloudRoutes, lackingTunnel } from '../host-needs.ts';
import { choiceOf, hasBird } from './options.ts';

/** https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements#network-requirements */
export function ports(spec: ClusterSpec): readonly CniPort[] {
  const choice = choiceOf(spec);
  const { install, backend, encryption, kubeProxyReplacement, v4, v6 } = choice;
  const found: CniPort[] = [];
  if (hasBird(choice)) found.push({ protocol: 'tcp', port: 179, purpose: 'BGP' });
  // The eBPF data plane hands packets to NodePorts on in VXLAN, whatever pods' own take.
  if (backend === 'vxlan' || kubeProxyReplacement)
    found.push({ protocol: 'udp', port: 4789, purpose: 'VXLAN' });
  if (install === 'operator')
    found.push({ protocol: 'tcp', port: 5473, purpose: 'Typha', family: 'primary' });
  if (encryption === 'wireguard') {
    const tunnel = { protocol: 'udp', purpose: 'WireGuard' } as const;
    if (v4 !== undefined) found.push({ ...tunnel, port: 51820, family: 4 });
    if (v6 !== undefined) found.push({ ...tunnel, port: 51821, family: 6 });
  }
  return found;
}

/** What no host can be asked. */
export function notices(spec: ClusterSpec): readonly Finding[] {
  if (choiceOf(spec).backend !== 'ipip') return [];
  return [
    {
      id: 'calico-ipip',
      severity: 'info',
      message: 'IPIP is an IP protocol of its own (number 4), so no probe of ports tells whether it passes',
      hint: 'let it pass between the hosts, or choose cni.options.backend: vxlan',
    },
  ];
}

export function preflight(facts: CniFacts, spec: ClusterSpec): readonly Finding[] {
  return [...bpf(facts), ...kernel(facts, spec), ...wireguard(facts, spec), ...cloud(facts, spec)];
}

/** The kernel makes the directory together with the type of file system. */
function bpf({ filesystems }: CniFacts): readonly Finding[] {
  if (filesystems.includes('bpf')) return [];
  return [
    {
      id: 'calico-bpf',
      severity: 'error',
      message: 'there is no /sys/fs/bpf, which Calico’s pods mount with every data plane',
      hint: 'use a kernel with CONFIG_BPF_SYSCALL',
    },
  ];
}

/** https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements and its page on eBPF */
function kernel({ kernel: version }: CniFacts, spec: ClusterSpec): readonly Finding[] {
  const { kubeProxyReplacement } = choiceOf(spec);
  const found: Finding[] = [];
  // Red Hat's 4.18.0-305 and later have what Calico needs of 5.10.
  if (isOlder(version, 5, 10) && !/^4\.18\.0-(30[5-9]|3[1-9]\d|[4-9]\d\d)\b.*\.el8/.test(version)) {
    found.push({
      id: 'calico-kernel',
      severity: kubeProxyReplacement ? 'error' : 'warning',
      message: `Calico is for Linux 5.10 and newer, and this is ${version}`,
      hint: 'use a host with a newer kernel',
    });
  }
  return found;
}

/** Where nobody can tell of the module, which older kernels may have as well, the version has to do. */
function wireguard(facts: CniFacts, spec: ClusterSpec): readonly Finding[] {
  if (choiceOf(spec).encryption !== 'wireguard') return [];
  if (facts.features.wireguard !== undefined || !isOlder(facts.kernel, 5, 6))
    return lackingTunnel(facts, 'wireguard', 'Calico');
  return [
    {
      id: 'calico-wireguard',
      severity: 'error',
      message: `Linux has WireGuard since 5.6, and this is ${facts.kernel}; Calico would leave this node’s packets unencrypted`,
      hint: 'use a newer kernel, or one with the module wireguard (preflight.ignore: calico-wireguard)',
    },
  ];
}

function isOlder(version: string, major: number, minor: number): boolean {
  const [, a, b] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  if (a === undefined || b === undefined) return false;
  return Number(a) < major || (Number(a) === major && Number(b) < minor);
}

function cloud(facts: CniFacts, spec: ClusterSpec): readonly Finding[] {
  const { backend, crossSubnet } = choiceOf(spec);
  const ipip =
    backend === 'ipip'
      ? cloudIpip(facts, { severity: 'error', hint: 'choose cni.options.backend: vxlan' })
      : [];
  if (ipip.length > 0 || (backend !== 'bgp' && !crossSubnet)) return ipip;
  return cloudRoutes(facts, 'backend: vxlan without crossSubnet');
}
