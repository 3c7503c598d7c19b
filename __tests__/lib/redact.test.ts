import { expect, test } from '@jest/globals';
import { Redactor } from '../../src/lib/redact.ts';

test('hides every secret, the longest first', () => {
  const redactor = new Redactor();
  redactor.add('secret');
  redactor.add('secret-longer');
  expect(redactor.redact('a secret-longer and a secret, secret')).toBe('a *** and a ***, ***');
});

test('hides each line of a secret with several', () => {
  const redactor = new Redactor();
  redactor.add('first line\r\n  second line\n\n}');
  expect(redactor.redact('x second line } first line')).toBe('x *** } ***');
});

test('short values stay', () => {
  const redactor = new Redactor();
  redactor.add('root');
  expect(redactor.redact('root')).toBe('root');
});
