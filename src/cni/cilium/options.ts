import * as z from 'zod';
import { encryption, kubeProxyReplacement, mtu } from '../options.ts';

/** Settings of Cilium's, in `cni.options`. */
export const ciliumOptions = {
  backend: z
    .enum(['vxlan', 'geneve', 'native'])
    .default('vxlan')
    .describe('How pods’ packets get to other nodes; `native` needs all nodes in one network.'),
  mtu,
  encryption,
  kubeProxyReplacement,
  networkPolicy: z.boolean().default(true).describe('Whether network policies are enforced.'),
  l7Proxy: z
    .boolean()
    .default(true)
    .describe('Whether Envoy runs on every node, for policies that look into HTTP or DNS.'),
  hubble: z.boolean().default(false).describe('Whether agents record flows for Hubble.'),
  devices: z
    .array(
      z.string().regex(/^!?[\w.-]{1,15}\+?$/, {
        error: 'is not the name of a network interface, such as eth1 or eth+',
      }),
    )
    .min(1)
    .optional()
    .describe(
      'Network interfaces that Cilium works on: `eth+` for all that begin so, `!eth1` for none of it. Default: its own choice.',
    ),
  useDigest: z
    .boolean()
    .default(true)
    .describe('Whether images are asked for by digest; `false` for images that were copied by tag.'),
  values: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('Values of upstream’s chart, merged over ours last.'),
};
