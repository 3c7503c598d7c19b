import ssh2 from 'ssh2';
import { fingerprintOf } from '../../src/exec/ssh/known-hosts.ts';

export interface KeyPair {
  readonly private: string;
  readonly public: string;
  readonly fingerprint: string;
}

/** A new key, of ed25519 unless said otherwise. */
export function makeKey(type: 'ed25519' | 'rsa' | 'ecdsa' = 'ed25519', passphrase?: string): KeyPair {
  const lock = passphrase === undefined ? {} : { passphrase, cipher: 'aes256-ctr', rounds: 1 };
  const bits = { ed25519: 0, rsa: 2048, ecdsa: 256 }[type];
  const pair = ssh2.utils.generateKeyPairSync(type as never, { ...lock, bits } as never);
  const parsed = ssh2.utils.parseKey(pair.public);
  // One key in some hundred that ssh2 makes it cannot read.
  if (parsed instanceof Error) return makeKey(type, passphrase);
  return { ...pair, fingerprint: fingerprintOf(parsed.getPublicSSH()) };
}
