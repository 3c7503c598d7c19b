import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { fingerprintOf, keyTypeOf, parseKnownHosts } from '../../../src/exec/ssh/known-hosts.ts';
import { makeKey } from '../../helpers/ssh-keys.ts';

const a = makeKey();
const b = makeKey('ecdsa');
const hash = (name: string): string => {
  const salt = Buffer.from('salt');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};
const found = (text: string, address: string, port = 22): string[] =>
  parseKnownHosts(text)
    .lookup(address, port)
    .keys.map((key) => key.fingerprint);

describe('parseKnownHosts', () => {
  test.each([
    ['a plain name', 'host', 'host', 22, true],
    ['another name', 'host', 'other', 22, false],
    ['another case', 'Host', 'hOST', 22, true],
    ['one of several', 'x,host,y', 'host', 22, true],
    ['a plain name, other port', 'host', 'host', 2222, false],
    ['a name with port', '[host]:2222', 'host', 2222, true],
    ['a name with port, default port', '[host]:2222', 'host', 22, false],
    ['a name with the default port', '[host]:22', 'host', 22, true],
    ['an IPv6 address', 'fe80::1', 'fe80::1', 22, true],
    ['an IPv6 address with port', '[fe80::1]:2', 'fe80::1', 2, true],
    ['a wildcard', '*.example.com', 'a.example.com', 22, true],
    ['a wildcard for one character', '10.0.0.?', '10.0.0.7', 22, true],
    ['a dot is a dot', '10.0.0.1', '10x0.0.1', 22, false],
    ['a negated pattern', '*.example.com,!bad.example.com', 'bad.example.com', 22, false],
    ['a negated pattern, other host', '*.example.com,!bad.example.com', 'good.example.com', 22, true],
    ['a hashed name', hash('host'), 'host', 22, true],
    ['a hashed name, other host', hash('host'), 'other', 22, false],
    ['a hashed name with port', hash('[host]:2222'), 'host', 2222, true],
  ])('%s', (_name, patterns, address, port, expected) => {
    const text = `# comment\n\n${patterns}\t${a.public} a comment\r\n`;
    expect(found(text, address, port)).toEqual(expected ? [a.fingerprint] : []);
  });

  test('several keys of a host, and revoked ones apart', () => {
    const { keys, revoked } = parseKnownHosts(`h ${a.public}\nh ${b.public}\n@revoked * ${a.public}`).lookup(
      'h',
      22,
    );
    expect(keys.map((key) => key.type)).toEqual(['ssh-ed25519', 'ecdsa-sha2-nistp256']);
    expect(revoked.map((key) => key.fingerprint)).toEqual([a.fingerprint]);
  });

  test('certificate authorities are noted', () => {
    const { notes, lookup } = parseKnownHosts(`@cert-authority * ${a.public}`, 'file');
    expect(notes).toEqual(['file:1: host certificates are not supported; this line is ignored']);
    expect(lookup('h', 22).keys).toEqual([]);
  });

  test.each([
    ['too few fields', 'host ssh-ed25519'],
    ['a type that the key is not of', `host ${a.public.replace('ssh-ed25519', 'ssh-rsa')}`],
    ['a key that is no base64', 'host ssh-ed25519 ###'],
    ['a cut key', 'host ssh-ed25519 AAAA'],
    ['an unknown marker', `@other host ${a.public}`],
    ['an unknown hash', `|2|x|y ${a.public}`],
  ])('%s is malformed, by line', (_name, line) => {
    expect(() => parseKnownHosts(`h ${a.public}\n${line}\n`, 'file')).toThrow(
      expect.objectContaining({ code: 'E_SPEC', where: 'file:2' }),
    );
  });
});

test('fingerprints are those of ssh-keygen', () => {
  const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
  expect(fingerprintOf(Buffer.from(key, 'base64'))).toBe(
    'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
  );
  expect(keyTypeOf(Buffer.from('xx'))).toBe('');
});
