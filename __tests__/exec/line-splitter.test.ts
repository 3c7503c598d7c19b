import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LineSplitter } from '../../src/exec/line-splitter.ts';

const split = (chunks: readonly Uint8Array[]): string[] => {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.write(Buffer.from(chunk));
  splitter.end();
  return lines;
};

test('where the chunks are cut makes no difference', () => {
  const piece = fc.constantFrom('\r', '\n', '\r\n', 'a', 'ü', '漢', '🙂', ' ');
  fc.assert(
    fc.property(fc.array(piece), fc.array(fc.nat(30)), (pieces, cuts) => {
      const whole = Buffer.from(pieces.join(''));
      const chunks: Buffer[] = [];
      let from = 0;
      for (const size of cuts) {
        chunks.push(whole.subarray(from, from + size));
        from += size;
      }
      expect(split([...chunks, whole.subarray(from)])).toEqual(split([whole]));
    }),
  );
});

test('a CR LF across two chunks ends one line', () => {
  expect(split([Buffer.from('a\r'), Buffer.from('\nb')])).toEqual(['a', 'b']);
  expect(split([Buffer.from('a\r'), Buffer.of(), Buffer.from('\nb')])).toEqual(['a', 'b']);
  expect(split([Buffer.from('a\r'), Buffer.from('\n'), Buffer.from('\nb')])).toEqual(['a', '', 'b']);
});
