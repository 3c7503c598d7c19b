import type { Finding } from '../../report/model.ts';
import type { ClusterSpec } from '../../spec/cluster-spec.ts';
import type { CniFacts } from '../cni.ts';
import { cloudRoutes, lackingTunnel } from '../host-needs.ts';
import { chosen } from '../options.ts';
import { ciliumOptions } from './options.ts';

/** Cilium's own requirements of a kernel and a network with these options, and what its removal needs. */
export function ciliumPreflight(facts: CniFacts, spec: ClusterSpec): readonly Finding[] {
  const { kernel, filesystems, tools } = facts;
  const { backend, encryption } = chosen(ciliumOptions, spec);
  const missing = ['bpf', 'cgroup2'].filter((name) => !filesystems.includes(name));
  return [
    ...(runsOn(kernel)
      ? []
      : [
          error(
            'cilium-kernel',
            `Linux ${kernel} is older than Cilium needs`,
            'it needs 5.10, or 4.18 of RHEL 8.10',
          ),
        ]),
    ...(missing.length === 0
      ? []
      : [
          error(
            'cilium-kernel',
            `the kernel lacks the file systems ${missing.join(' and ')}, which Cilium needs`,
            'use a kernel with CONFIG_BPF_SYSCALL and CONFIG_CGROUPS',
          ),
        ]),
    // Where the kernel has tcx none is attached that way, but only tc can tell.
    ...(tools.includes('tc')
      ? []
      : [
          error(
            'cilium-tc',
            'the program tc is missing, without which Cilium cannot be taken off network interfaces again',
            'install iproute2 (RPM distributions: iproute-tc)',
          ),
        ]),
    ...(backend === 'geneve' ? lackingTunnel(facts, 'geneve', 'Cilium') : []),
    ...(encryption === 'wireguard' ? lackingTunnel(facts, 'wireguard', 'Cilium') : []),
    ...(backend === 'native' ? cloudRoutes(facts, 'backend: vxlan') : []),
  ];
}

function runsOn(kernel: string): boolean {
  const [, build] = /^4\.18\.0-(\d+)\..*el8/.exec(kernel) ?? [];
  if (build !== undefined) return Number(build) >= 553;
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernel) ?? [];
  // A release that is not of that form is not judged.
  return major === undefined || Number(major) > 5 || (Number(major) === 5 && Number(minor) >= 10);
}

function error(id: string, message: string, hint: string): Finding {
  return { id, severity: 'error', message, hint };
}
