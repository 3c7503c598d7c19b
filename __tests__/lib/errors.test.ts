import { describe, expect, test } from '@jest/globals';
import { BootstrapError, combineErrors, toBootstrapError } from '../../src/lib/errors.ts';

describe('combineErrors', () => {
  test('a single error stays itself', () => {
    const error = new BootstrapError('E_JOIN', 'no', { host: '10.0.0.2' });
    expect(combineErrors([error])).toBe(error);
  });

  test('several name every host', () => {
    const combined = combineErrors([
      new BootstrapError('E_JOIN', 'token expired', { host: '10.0.0.2', hint: 'try again' }),
      new BootstrapError('E_JOIN', 'port in use', { host: '10.0.0.3' }),
    ]);
    expect(combined.message).toBe('2 failures:\n - 10.0.0.2: token expired\n - 10.0.0.3: port in use');
    expect(combined).toMatchObject({ code: 'E_JOIN', hint: 'try again', exitCode: 42 });
  });

  test('none is a defect', () => {
    expect(() => combineErrors([])).toThrow(TypeError);
  });
});

describe('BootstrapError', () => {
  test('in() fills in the place and keeps a known one', () => {
    const cause = new Error('x');
    const error = new BootstrapError('E_AUTH', 'refused', { host: 'a', cause });
    expect(error.in({ host: 'b', step: 'connect' })).toMatchObject({ host: 'a', step: 'connect', cause });
  });

  test('toBootstrapError wraps what is foreign', () => {
    expect(toBootstrapError(new Error('boom'))).toMatchObject({ code: 'E_INTERNAL', message: 'boom' });
    expect(toBootstrapError('boom').message).toBe('boom');
    const own = new BootstrapError('E_SPEC', 'bad');
    expect(toBootstrapError(own)).toBe(own);
  });
});
