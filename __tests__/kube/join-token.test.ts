import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { caHash, newCertificateKey, newToken } from '../../src/kube/join-token.ts';
import { testCa } from '../helpers/test-ca.ts';

test('tokens have kubeadm’s form and are new each time', () => {
  const tokens = Array.from({ length: 50 }, newToken);
  for (const token of tokens) expect(token).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}$/);
  expect(new Set(tokens).size).toBe(50);
});

test('certificate keys are 32 bytes in hex, new each time', () => {
  const keys = [newCertificateKey(), newCertificateKey()];
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(keys[0]).not.toBe(keys[1]);
});

test('the CA hash is that of kubeadm’s documentation', () => {
  // openssl x509 -pubkey -in ca.crt | openssl rsa -pubin -outform der | openssl dgst -sha256 -hex
  const pubkey = execFileSync('openssl', ['x509', '-pubkey', '-noout'], { input: testCa });
  const der = execFileSync('openssl', ['pkey', '-pubin', '-outform', 'der'], { input: pubkey });
  const digest = execFileSync('openssl', ['dgst', '-sha256', '-hex'], { input: der, encoding: 'utf8' });
  expect(caHash(testCa)).toBe(`sha256:${digest.trim().split(' ').at(-1) ?? ''}`);
});
