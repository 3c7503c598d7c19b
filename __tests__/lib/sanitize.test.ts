import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sanitizeLine, sanitizeText } from '../../src/lib/sanitize.ts';
import { findWorkflowCommands } from '../helpers/runner-commands.ts';

describe('sanitizeText', () => {
  test.each([
    ['ordinary text', 'a\tb\nc: d::e [x] # ü 漢字', 'a\tb\nc: d::e [x] # ü 漢字'],
    ['colours', '\x1b[1;31mred\x1b[0m', 'red'],
    ['a window title', '\x1b]0;title\x07x\x1b]8;;http://e\x1b\\y', 'xy'],
    ['eight-bit escapes', '\x9b31mred\x9d0;t\x9cx', 'redx'],
    ['an escape without an end', 'a\x1b]never\nb', 'a\nb'],
    ['CR', 'a\rb\r\nc', 'a\nb\nc'],
    ['control characters', 'a\0b\x08c\x7fd', 'abcd'],
    ['bidi and invisible characters', 'a\u202eb\u2066c\u200bd\ufeffe', 'abcde'],
    ['lone surrogates', 'a\ud800b', 'a\ufffdb'],
    ['a command', '::error::x', ': :error::x'],
    ['a command after a CR', 'x\r  ::set-output name=a::b', 'x\n  : :set-output name=a::b'],
    ['an old command', 'x ##[group]y', 'x ## [group]y'],
    ['a command hidden by an escape', ':\x1b[0m:error::x #\0#[error]', ': :error::x ## [error]'],
  ])('%s', (_name, text, clean) => {
    expect(sanitizeText(text)).toBe(clean);
  });

  test('cuts long lines', () => {
    const [first, second] = sanitizeText(`${'x'.repeat(5_000)}\ny`).split('\n');
    expect(first).toBe(`${'x'.repeat(3_999)}…`);
    expect(second).toBe('y');
  });

  const piece = fc.constantFrom(
    '::',
    ':',
    '##',
    '#',
    '[',
    ']',
    '##[',
    '\r',
    '\n',
    ' ',
    '\u200b',
    '\x1b[',
    '\x1b]',
    '\x07',
    'a',
    '\0',
    '\ufeff',
    '\u2028',
    '\x85',
    '\u3000',
    '\v',
  );
  const hostile = fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 40 });

  test('the port of the parser does find commands', () => {
    expect(findWorkflowCommands('::stop-commands::x\rx ##[a]\nb')).toHaveLength(2);
  });

  test('the runner finds no command in any output, and no terminal an escape', () => {
    fc.assert(
      fc.property(hostile, (pieces) => {
        const clean = sanitizeText(pieces.join(''));
        expect(findWorkflowCommands(clean)).toEqual([]);
        expect(clean).not.toMatch(/[^\P{Cc}\t\n]|\p{Cf}/u);
        expect(clean.isWellFormed()).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('is idempotent', () => {
    fc.assert(
      fc.property(hostile, (pieces) => {
        const clean = sanitizeText(pieces.join(''));
        expect(sanitizeText(clean)).toBe(clean);
      }),
      { numRuns: 1_000 },
    );
  });

  test('sanitizeLine gives one line that is no command either', () => {
    expect(sanitizeLine('a\r\nb\nc')).toBe('a b c');
    fc.assert(
      fc.property(hostile, (pieces) => {
        const clean = sanitizeLine(pieces.join(''));
        expect(clean).not.toContain('\n');
        expect(findWorkflowCommands(clean)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });
});
