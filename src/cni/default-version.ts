import type { Cni } from './cni.ts';

/** The version that is taken where none is asked for; `''` where versions mean nothing. */
export function defaultVersionOf({ versions, defaultVersion }: Cni): string {
  return defaultVersion ?? versions[0] ?? '';
}
