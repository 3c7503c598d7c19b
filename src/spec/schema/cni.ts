import * as z from 'zod';
import { cidrs, path, sha256 } from './text.ts';

export const cni = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, {
        error: 'is not the name of a CNI; write it in lower case, such as flannel',
      })
      .default('flannel')
      .describe('Which CNI to install; `manifest` for one of your own.'),
    version: z
      .string()
      .regex(/^(default|v?\d[\w.+-]{0,40})$/, { error: 'is not a version; give one like 0.28.9, or default' })
      .default('default')
      .describe(
        'A version of the CNI, or `default`: the one that README and `up --help` name, as a rule the newest that is known.',
      ),
    podCIDR: cidrs
      .default('10.244.0.0/16')
      .describe(
        'Addresses of pods; every node takes a /24 (IPv6: /64) of them. Dual stack: `10.244.0.0/16,fd00:10:244::/56`; the first is of the primary family.',
      ),
    options: z.record(z.string(), z.unknown()).default({}).describe('Settings of the CNI’s own.'),
    manifest: path.exactOptional().describe('Path or URL of the manifest; only with `name: manifest`.'),
    sha256: sha256.exactOptional().describe('Checksum of the manifest; required for a URL.'),
  })
  .meta({ title: 'Container network' });
