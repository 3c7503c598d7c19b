import * as z from 'zod';
import { rangesOf } from '../lib/ip.ts';
import type { CniProblem } from '../spec/checks/cni.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';

/** Settings of a CNI's own: name in `cni.options` → schema with a default, if it has one, and a description. */
export type CniOptions = Readonly<Record<string, z.ZodType>>;

export type Chosen<O extends CniOptions> = z.output<z.ZodObject<{ [K in keyof O]: O[K] }>>;

/** The spec's choices with defaults filled in. They were checked when the spec was loaded. */
export function chosen<O extends CniOptions>(options: O, { cni }: ClusterSpec): Chosen<O> {
  return z.object(options).parse(cni.options);
}

/** Options that several CNIs have: a name means the same wherever it stands. */
export const mtu = z
  .int()
  .min(576)
  .max(9216)
  .optional()
  .describe('MTU of pods’ interfaces. Default: what fits the hosts’ network.');

/** RFC 8200, section 5. */
const IPV6_MTU = 1280;

/** Linux has no IPv6 on an interface with less. */
export function mtuProblems({ cni }: ClusterSpec, wanted: number | undefined): readonly CniProblem[] {
  if (wanted === undefined || wanted >= IPV6_MTU || rangesOf(cni.podCIDR).v6 === undefined) return [];
  const what = `is less than ${String(IPV6_MTU)}, the least that IPv6 works with`;
  return [{ option: 'mtu', what, fix: 'choose a larger one, or leave it out' }];
}

export const encryption = z
  .enum(['none', 'wireguard'])
  .default('none')
  .describe('Whether packets between pods of different nodes are encrypted.');

export const kubeProxyReplacement = z
  .boolean()
  .default(false)
  .describe('Whether it does kube-proxy’s work, which is then not installed.');

export const networkPolicy = z.boolean().default(true).describe('Whether it enforces NetworkPolicy objects.');
