import { expect, test } from '@jest/globals';
import { caHash, newCertificateKey, newToken } from '../../src/kube/join-token.ts';
import { testCa, testCaHash } from '../helpers/test-ca.ts';

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

test('the CA hash is the one that kubeadm pins', () => {
  expect(caHash(testCa)).toBe(testCaHash);
});
