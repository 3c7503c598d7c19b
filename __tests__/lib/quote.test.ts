import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { quote, quoteCommand } from '../../src/lib/quote.ts';

describe('quote', () => {
  test.each([
    ['plain', 'plain'],
    ['/usr/bin/a-b_c.d:e@f,g+h', '/usr/bin/a-b_c.d:e@f,g+h'],
    ['', "''"],
    ['two words', "'two words'"],
    ["it's", "'it'\\''s'"],
    ['a\\b', "'a'\\\\'b'"],
    ['~root', "'~root'"],
    ['A=b', "'A=b'"],
    ['%self', "'%self'"],
  ])('%j', (arg, quoted) => {
    expect(quote(arg)).toBe(quoted);
  });

  test('an argument with a NUL byte is refused', () => {
    expect(() => quote('a\0b')).toThrow(TypeError);
  });

  test.each(['dash', 'bash'])('%s reads back what was quoted', (shell) => {
    const nasty = fc.stringMatching(/^[\s'"\\$`!*?~%#&;|<>(){}[\]=-]{0,12}$/);
    const word = fc.oneof(nasty, fc.string({ unit: 'binary' }), fc.string());
    const usable = word.map((text) => text.toWellFormed().replaceAll('\0', ''));
    fc.assert(
      fc.property(fc.array(usable, { minLength: 1, maxLength: 20 }), (args) => {
        const line = quoteCommand(['printf', '%s\\0', ...args]);
        const { stdout } = spawnSync(shell, ['-c', line], { encoding: 'utf8' });
        expect(stdout).toBe([...args, ''].join('\0'));
      }),
      { numRuns: 60 },
    );
  });
});
