import { readFile } from 'node:fs/promises';
import ssh2, { type ParsedKey } from 'ssh2';
import { BootstrapError } from '../../lib/errors.ts';
import { fingerprintOf } from './known-hosts.ts';

export interface PrivateKey {
  readonly parsed: ParsedKey;
  /** Of the public key, as ssh-keygen prints it. */
  readonly fingerprint: string;
}

/** Text of a private key file, not yet parsed. @throws E_KEY when there is no such file, or it cannot be read. */
export async function readPrivateKey(path: string, where?: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'no such file' : code;
    throw new BootstrapError('E_KEY', `cannot read the SSH key ${path}: ${reason}`, { where, cause: error });
  }
}

/**
 * A private key in OpenSSH or PEM format. Messages never contain any of its text.
 *
 * @throws E_KEY saying what it is instead, or that the passphrase is missing or wrong.
 */
export function parsePrivateKey(text: string, passphrase?: string, where?: string): PrivateKey {
  // ssh2's parser wants LF and a clean end; secrets pasted into a web form have neither.
  const normal = `${text
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n')
    .trim()}\n`;
  refuseOtherThings(normal, where);
  const parsed = parseAny(normal, passphrase);
  if (parsed instanceof Error) throw explainFailure(normal, parsed, passphrase, where);
  if (!parsed.isPrivateKey()) throw keyError('the SSH key is a public key', GIVE_PRIVATE, where);
  return { parsed, fingerprint: fingerprintOf(parsed.getPublicSSH()) };
}

const GIVE_PRIVATE = 'Give the private half, usually the file without `.pub`.';

function refuseOtherThings(text: string, where: string | undefined): void {
  if (text === '\n') {
    throw keyError('the SSH key is empty', 'Is the secret set, and may this workflow read it?', where);
  }
  if (text.startsWith('PuTTY-User-Key-File')) {
    throw keyError(
      'the SSH key is in PuTTY format',
      'Convert it with `puttygen key.ppk -O private-openssh -o key`.',
      where,
    );
  }
  if (/^(ssh-|ecdsa-|sk-)\S+ AAAA|^---- BEGIN SSH2 PUBLIC KEY|^-----BEGIN (RSA )?PUBLIC KEY/.test(text)) {
    throw keyError('the SSH key is a public key', GIVE_PRIVATE, where);
  }
}

function parseAny(text: string, passphrase: string | undefined): ParsedKey | Error {
  try {
    const parsed = ssh2.utils.parseKey(text, passphrase) as ParsedKey | ParsedKey[] | Error;
    if (!Array.isArray(parsed)) return parsed;
    return parsed[0] ?? new Error('no key');
  } catch (error) {
    return error as Error;
  }
}

/** By what ssh2 says, which is about the format and never quotes the key. */
function explainFailure(
  text: string,
  error: Error,
  passphrase: string | undefined,
  where: string | undefined,
): BootstrapError {
  const encrypted = /ENCRYPTED|encrypted|passphrase/.test(text + error.message);
  if (encrypted && passphrase === undefined) {
    return keyError('the SSH key is encrypted and no passphrase is given', 'Set the passphrase.', where);
  }
  if (passphrase !== undefined && /passphrase|integrity|decrypt|bad|malformed/i.test(error.message)) {
    return keyError('the SSH key cannot be decrypted: the passphrase is wrong', undefined, where);
  }
  return keyError(
    'the SSH key is not a private key in OpenSSH or PEM format',
    'Give the whole file, with its BEGIN and END lines and its line breaks.',
    where,
  );
}

function keyError(message: string, hint: string | undefined, where: string | undefined): BootstrapError {
  return new BootstrapError('E_KEY', message, { hint, where });
}
