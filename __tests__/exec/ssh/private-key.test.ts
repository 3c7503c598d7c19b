import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parsePrivateKey, readPrivateKey } from '../../../src/exec/ssh/private-key.ts';
import { makeKey } from '../../helpers/ssh-keys.ts';
import { failureOf } from '../../helpers/ssh-target.ts';

const key = makeKey();
const locked = makeKey('ed25519', 'open sesame');

describe('parsePrivateKey', () => {
  test.each([
    ['as it is', key.private],
    ['with CRLF', key.private.replaceAll('\n', '\r\n')],
    ['with CR', key.private.replaceAll('\n', '\r')],
    ['without an end of line', key.private.trim()],
    ['with a byte order mark and blank lines', `\ufeff\n\n${key.private}\n\n`],
  ])('reads a key %s', (_name, text) => {
    expect(parsePrivateKey(text).fingerprint).toBe(key.fingerprint);
  });

  test.each(['rsa', 'ecdsa'] as const)('reads a key of type %s', (type) => {
    const other = makeKey(type);
    expect(parsePrivateKey(other.private).fingerprint).toBe(other.fingerprint);
  });

  test('decrypts', () => {
    expect(parsePrivateKey(locked.private, 'open sesame').fingerprint).toBe(locked.fingerprint);
  });

  test.each([
    ['empty', ' \n', undefined, 'the SSH key is empty'],
    ['a public key', key.public, undefined, 'the SSH key is a public key'],
    ['PuTTY', 'PuTTY-User-Key-File-3: ssh-ed25519\n', undefined, 'the SSH key is in PuTTY format'],
    ['encrypted', locked.private, undefined, 'the SSH key is encrypted and no passphrase is given'],
    ['wrong passphrase', locked.private, 'nope', 'the SSH key cannot be decrypted: the passphrase is wrong'],
    ['rubbish', 'canary rubbish', undefined, 'the SSH key is not a private key in OpenSSH or PEM format'],
    [
      'one line',
      key.private.replaceAll('\n', ' '),
      undefined,
      'the SSH key is not a private key in OpenSSH or PEM format',
    ],
    [
      'cut',
      key.private.slice(0, 150),
      undefined,
      'the SSH key is not a private key in OpenSSH or PEM format',
    ],
  ])('%s is refused, and nothing of it shown', (_name, text, passphrase, message) => {
    let caught: unknown;
    try {
      parsePrivateKey(text, passphrase, 'ssh.key');
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ code: 'E_KEY', message, where: 'ssh.key' });
    const shown = JSON.stringify(caught, Object.getOwnPropertyNames(caught));
    for (const line of text.split('\n')) if (line.length > 40) expect(shown).not.toContain(line);
  });
});

test('readPrivateKey reads a file or says what is wrong with it', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'key-'));
  await writeFile(join(dir, 'key'), key.private);
  await expect(readPrivateKey(join(dir, 'key'))).resolves.toBe(key.private);
  expect(await failureOf(readPrivateKey(join(dir, 'no'), 'ssh.keyFile'))).toMatchObject({
    code: 'E_KEY',
    message: `cannot read the SSH key ${join(dir, 'no')}: no such file`,
    where: 'ssh.keyFile',
  });
  expect(await failureOf(readPrivateKey(dir))).toMatchObject({
    message: expect.stringContaining('EISDIR') as unknown,
  });
  await rm(dir, { recursive: true });
});
