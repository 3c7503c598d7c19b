import * as z from 'zod';
import type { CniProblem } from '../../spec/checks/cni.ts';
import type { ClusterSpec } from '../../spec/cluster-spec.ts';
import { rangesOf } from '../../lib/ip.ts';
import { chosen, encryption, kubeProxyReplacement, mtu, mtuProblems, type Chosen } from '../options.ts';

export const options = {
  install: z
    .enum(['manifest', 'operator'])
    .default('manifest')
    .describe('Whether Calico’s manifest is applied, or its operator with an `Installation`.'),
  backend: z
    .enum(['vxlan', 'ipip', 'bgp'])
    .default('vxlan')
    .describe(
      'How pods’ packets get to other nodes; `bgp`: as they are, by routes that BIRD tells the nodes.',
    ),
  crossSubnet: z
    .boolean()
    .default(false)
    .describe(
      'Whether packets go as they are between nodes of one subnet, and in the tunnel to others only.',
    ),
  mtu,
  encryption,
  kubeProxyReplacement,
};

/** What the spec says of Calico. */
export interface Choice extends Chosen<typeof options> {
  readonly podCIDR: string;
  /** Of pods, where they have addresses of that family. */
  readonly v4: string | undefined;
  readonly v6: string | undefined;
}

export function choiceOf(spec: ClusterSpec): Choice {
  const { podCIDR } = spec.cni;
  const { v4, v6 } = rangesOf(podCIDR);
  return { ...chosen(options, spec), podCIDR, v4, v6 };
}

/** Whether BIRD runs and tells routes. */
export function hasBird({ backend }: Choice): boolean {
  return backend !== 'vxlan';
}

/** Options that are refused together. */
export function problems(spec: ClusterSpec): readonly CniProblem[] {
  const choice = choiceOf(spec);
  const { install, backend, crossSubnet, kubeProxyReplacement: ebpf, v4, v6 } = choice;
  const found: CniProblem[] = [];
  if (backend === 'bgp' && crossSubnet) {
    const what = 'says when packets are encapsulated, which backend: bgp never does';
    found.push({ option: 'crossSubnet', what, fix: 'remove it, or choose backend: vxlan or ipip' });
  }
  if (backend === 'ipip' && ebpf) {
    const what = 'is not possible with backend: ipip, which Calico’s eBPF data plane does not know';
    found.push({ option: 'kubeProxyReplacement', what, fix: 'choose backend: vxlan or bgp' });
  }
  if (backend === 'ipip' && v6 !== undefined) {
    const what = `is ipip, which carries IPv4 only, and cni.podCIDR ${choice.podCIDR} has IPv6`;
    found.push({ option: 'backend', what, fix: 'choose backend: vxlan or bgp' });
  }
  if (install === 'operator' && ebpf && v4 === undefined) {
    const what = 'makes the operator look for an IPv4 address of every node, and cni.podCIDR is IPv6';
    found.push({ option: 'kubeProxyReplacement', what, fix: 'choose install: manifest' });
  }
  return [...found, ...mtuProblems(spec, choice.mtu)];
}
