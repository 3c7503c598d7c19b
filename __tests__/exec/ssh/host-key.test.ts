import ssh2, { type ParsedKey } from 'ssh2';
import { describe, expect, test } from '@jest/globals';
import {
  acceptableKeyTypes,
  decideHostKey,
  makeVerifier,
  type HostKeyDecision,
} from '../../../src/exec/ssh/host-key.ts';
import { parseKnownHosts } from '../../../src/exec/ssh/known-hosts.ts';
import { makeKey, type KeyPair } from '../../helpers/ssh-keys.ts';

const right = makeKey();
const wrong = makeKey();
const wire = (key: KeyPair): Buffer => (ssh2.utils.parseKey(key.public) as ParsedKey).getPublicSSH();
const place = { address: 'h', port: 22, where: 'hosts[0]' };
const known = parseKnownHosts(`h ${right.public}`);
const revoked = parseKnownHosts(`h ${right.public}\n@revoked h ${right.public}`);
const { fingerprint: hostKey } = right;

describe('decideHostKey', () => {
  test.each([
    ['strict, pinned', { mode: 'strict', hostKey }, right, 'yes'],
    [
      'strict, pinned without prefix, padded',
      { mode: 'strict', hostKey: `${hostKey.slice(7)}=` },
      right,
      'yes',
    ],
    ['strict, pinned, other', { mode: 'strict', hostKey }, wrong, 'E_HOSTKEY'],
    ['strict, known', { mode: 'strict', knownHosts: known }, right, 'yes'],
    ['strict, known, other', { mode: 'strict', knownHosts: known }, wrong, 'E_HOSTKEY'],
    ['strict, unknown', { mode: 'strict' }, right, 'E_HOST_UNKNOWN'],
    ['strict, revoked', { mode: 'strict', knownHosts: revoked }, right, 'E_HOSTKEY'],
    ['strict, pinned but revoked', { mode: 'strict', hostKey, knownHosts: revoked }, right, 'E_HOSTKEY'],
    ['accept-new, unknown', { mode: 'accept-new' }, right, 'warning'],
    ['accept-new, known', { mode: 'accept-new', knownHosts: known }, right, 'yes'],
    ['accept-new, known, other', { mode: 'accept-new', knownHosts: known }, wrong, 'E_HOSTKEY'],
    ['off, unknown', { mode: 'off' }, wrong, 'warning'],
    ['off, known, other', { mode: 'off', knownHosts: known }, wrong, 'warning'],
    ['off, pinned, other', { mode: 'off', hostKey }, wrong, 'E_HOSTKEY'],
    ['off, revoked', { mode: 'off', knownHosts: revoked }, right, 'E_HOSTKEY'],
  ] as const)('%s: %3$s', (_name, policy, key, expected) => {
    const decision = decideHostKey({ ...place, ...policy }, wire(key));
    const answer = decision.accepted
      ? decision.warning === undefined
        ? 'yes'
        : 'warning'
      : decision.error.code;
    expect(answer).toBe(expected);
  });

  test('a mismatch shows both fingerprints and how to update', () => {
    const decision = decideHostKey({ ...place, mode: 'strict', hostKey }, wire(wrong));
    expect(decision).toMatchObject({
      error: {
        host: 'h',
        where: 'hosts[0]',
        hint: expect.stringContaining(wrong.fingerprint) as unknown,
      },
    });
    const error = (decision as { error: Error }).error;
    expect(error.message).toContain(hostKey);
    expect(error.message).toContain(wrong.fingerprint);
  });

  test('an unknown host shows the fingerprint and the line to add', () => {
    const decision = decideHostKey({ ...place, mode: 'strict', port: 2222 }, wire(right)) as {
      error: { hint: string };
    };
    const line = decision.error.hint.split('known_hosts: ')[1] ?? '';
    expect(parseKnownHosts(line).lookup('h', 2222).keys[0]?.fingerprint).toBe(hostKey);
    expect(decision.error.hint).toContain(hostKey);
  });
});

test('acceptableKeyTypes are those of known keys, else all', () => {
  expect(acceptableKeyTypes({ ...place, mode: 'strict', knownHosts: known })).toEqual(['ssh-ed25519']);
  expect(acceptableKeyTypes({ ...place, mode: 'strict', hostKey })).toContain('ssh-rsa');
});

describe('makeVerifier denies with a plain false', () => {
  const accepted = { accepted: true, fingerprint: 'x' } as const;
  test.each<[string, () => unknown]>([
    [
      'a decision that throws',
      () => {
        throw new Error('x');
      },
    ],
    ['a promise', () => Promise.resolve(accepted)],
    ['nothing', () => undefined],
    ['null', () => null],
    ['a truthy value that is not true', () => ({ accepted: 1 })],
    ['a refusal', () => ({ accepted: false })],
  ])('%s', (_name, decide) => {
    const verify = makeVerifier(decide as () => HostKeyDecision, () => undefined);
    expect(verify(Buffer.from('key'))).toBe(false);
  });

  test('and accepts with a plain true', () => {
    expect(
      makeVerifier(
        () => accepted,
        () => undefined,
      )(Buffer.from('key')),
    ).toBe(true);
  });
});
