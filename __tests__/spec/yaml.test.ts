import { describe, expect, it } from '@jest/globals';
import { base, messageOf } from './spec-helper.ts';

const alias = (name: string): string => `[${`*${name},`.repeat(9)}]`;

describe('hostile YAML', () => {
  it.each<[string, string, string]>([
    ['an alias bomb', `a: &a [1]\nb: &b ${alias('a')}\nc: &c ${alias('b')}\nd: &d ${alias('c')}`, 'aliases'],
    ['a dangling alias', 'a: *b', 'its aliases do not resolve'],
    ['an alias of itself', 'a: &a [*a]', 'nested too deeply'],
    ['50 MB', 'a'.repeat(50e6), 'larger than 1 MiB'],
    ['deep brackets', '['.repeat(5e5), 'nested too deeply'],
    ['deep indicators', '- '.repeat(4e5), 'nested too deeply'],
    ['deep indentation', Array.from({ length: 1400 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''), 'c.yaml:'],
    [
      'deep enough',
      Array.from({ length: 80 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''),
      'nested too deeply',
    ],
    [
      'very many keys',
      Array.from({ length: 9e4 }, (_, i) => `k${String(i)}: 1\n`).join(''),
      'too many entries',
    ],
    ['duplicate keys', 'a: 1\na: 2', 'c.yaml:2:1: the key is there twice'],
    ['a key that is no text', '{? {a: 1} : b}', 'a key is not plain text'],
    ['code', 'a: !!js/function "x"', 'a tag is not allowed here'],
    ['two documents', 'a: 1\n---\nb: 1', 'more than one document'],
    ['a list', '- a', 'c.yaml:1:1: is not a mapping of fields'],
    ['tabs', 'a:\n\tb: 1', 'a tab is used as indentation'],
    ['an open bracket', 'a: [1', 'a bracket is not closed'],
    ['a prototype', '__proto__: {a: 1}', 'unknown field __proto__'],
  ])('%s is refused within a second', (_title, text, message) => {
    const start = performance.now();
    expect(messageOf(text)).toContain(message);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('may use a few aliases', () => {
    expect(messageOf(`${base}preflight: {ignore: [&a swap]}\nverify: {checks: [*a]}`)).toBe('no error');
    expect(messageOf(`${base}verify: &v {minNodes: 0}\ntimeouts: *v`)).toContain(
      'c.yaml:3:13: timeouts.minNodes',
    );
  });
});
