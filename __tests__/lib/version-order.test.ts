import { expect, test } from '@jest/globals';
import { isRelease, minorOf, newestFirst } from '../../src/lib/version-order.ts';

test('versions are ordered by number, a pre-release before its release', () => {
  expect(['1.9.0', '1.10.0', 'x', '1.10.0-rc.1'].sort(newestFirst)).toEqual([
    '1.10.0',
    '1.10.0-rc.1',
    '1.9.0',
    'x',
  ]);
});

test('a release has no suffix, and its minor has two numbers', () => {
  expect(['1.36.0', '1.36.0-rc.1', '1.36', 'x'].filter(isRelease)).toEqual(['1.36.0']);
  expect(minorOf('1.37.0-alpha.1')).toBe('1.37');
});
