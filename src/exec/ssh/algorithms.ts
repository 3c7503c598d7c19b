import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2';

/** Signature algorithms by type of host key, best first. No SHA-1: an RSA key signs with SHA-2 or not at all. */
const SIGNATURES: ReadonlyMap<string, readonly ServerHostKeyAlgorithm[]> = new Map([
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256']],
]);

/** Every type of host key that can be verified, best first. */
export const hostKeyTypes: readonly string[] = [...SIGNATURES.keys()];

/**
 * What is offered to a server. Nothing with SHA-1, CBC, or groups of less than 2048 bits.
 *
 * @param keyTypes types of host key to accept, such as `ssh-rsa`: those of the pinned keys where these are known.
 */
export function algorithmsFor(keyTypes: readonly string[]): Algorithms {
  return {
    kex: [
      'curve25519-sha256',
      'curve25519-sha256@libssh.org',
      'ecdh-sha2-nistp256',
      'ecdh-sha2-nistp384',
      'ecdh-sha2-nistp521',
      'diffie-hellman-group-exchange-sha256',
      'diffie-hellman-group14-sha256',
      'diffie-hellman-group16-sha512',
      'diffie-hellman-group18-sha512',
    ],
    serverHostKey: hostKeyTypes
      .filter((type) => keyTypes.includes(type))
      .flatMap((type) => [...(SIGNATURES.get(type) ?? [])]),
    cipher: [
      'aes128-gcm@openssh.com',
      'aes256-gcm@openssh.com',
      'chacha20-poly1305@openssh.com',
      'aes128-ctr',
      'aes192-ctr',
      'aes256-ctr',
    ],
    hmac: [
      'hmac-sha2-256-etm@openssh.com',
      'hmac-sha2-512-etm@openssh.com',
      'hmac-sha2-256',
      'hmac-sha2-512',
    ],
    compress: ['none'],
  };
}

/** Types of host key among the signature algorithms that a server offers. */
export function offeredKeyTypes(offered: readonly string[]): string[] {
  return hostKeyTypes.filter((type) =>
    SIGNATURES.get(type)?.some((algorithm) => offered.includes(algorithm)),
  );
}
