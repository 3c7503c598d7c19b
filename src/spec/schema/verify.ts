import * as z from 'zod';
import { id, image, seconds } from './text.ts';

export const verify = z
  .strictObject({
    minNodes: z
      .int()
      .min(1, { error: 'is too few; at least 1' })
      .default(2)
      .describe('On how many nodes nginx must run and answer.'),
    checks: z
      .array(id)
      .min(1)
      .max(100)
      .default(['default'])
      .describe('Checks to run; `default` stands for the default set.'),
    images: z
      .strictObject({
        nginx: image.default('docker.io/library/nginx:1.29-alpine').describe('What is deployed.'),
        client: image.default('docker.io/library/busybox:1.37').describe('What sends requests.'),
      })
      .prefault({})
      .meta({ title: 'Images' }),
    timeoutSec: seconds.default(180).describe('Seconds for the whole verification.'),
    keep: z.boolean().default(false).describe('Keep the verification’s namespace afterwards.'),
  })
  .meta({ title: 'Verification' });
