import { BootstrapError } from '../lib/errors.ts';
import type { Artifact } from './artifact.ts';

/** @param actual sha256sum's word for what was found; nothing but a checksum of it is repeated. */
export function checksumError({ url, sha256 }: Artifact, actual: string): BootstrapError {
  const found = /^[0-9a-f]{64}\b/.exec(actual)?.[0] ?? 'unknown';
  return new BootstrapError(
    'E_CHECKSUM',
    `${url} is not what it should be: sha256 is ${found}, expected ${sha256}`,
    {
      hint:
        'the file was altered on its way, the server answered with something else (an error page?), or the checksum ' +
        'list is not that of this mirror; nothing was installed',
    },
  );
}
