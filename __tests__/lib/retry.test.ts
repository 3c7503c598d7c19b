import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../src/lib/clock.ts';
import { retry } from '../../src/lib/retry.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

const failing = (times: number) => {
  let calls = 0;
  const fn = (): Promise<number> => {
    calls += 1;
    return calls <= times ? Promise.reject(new Error(String(calls))) : Promise.resolve(calls);
  };
  return { fn, calls: () => calls };
};
const always = { retryable: () => true, random: () => 1 };

describe('retry', () => {
  test('calls again with growing waits until it succeeds', async () => {
    const clock = new FakeClock();
    const options = { ...always, clock, attempts: 9, baseMs: 100, maxMs: 350 };
    await expect(retry(failing(4).fn, options)).resolves.toBe(5);
    expect(clock.sleeps).toEqual([100, 200, 350, 350]);
  });

  test('spreads the waits', async () => {
    const clock = new FakeClock();
    await retry(failing(3).fn, { clock, attempts: 4, retryable: () => true });
    for (const [index, ms] of clock.sleeps.entries()) {
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(ms).toBeLessThanOrEqual(500 * 2 ** index);
    }
  });

  test('stops after the attempts, with the last error', async () => {
    const { fn, calls } = failing(9);
    await expect(retry(fn, { ...always, clock: new FakeClock(), attempts: 3 })).rejects.toThrow('3');
    expect(calls()).toBe(3);
  });

  test('starts no wait that ends after the deadline', async () => {
    const clock = new FakeClock();
    await expect(retry(failing(99).fn, { ...always, clock, deadlineMs: 1_000, baseMs: 300 })).rejects.toThrow(
      '3',
    );
    expect(clock.now()).toBe(900);
  });

  test('an error that is not worth it ends it', async () => {
    const { fn, calls } = failing(9);
    await expect(retry(fn, { clock: new FakeClock(), attempts: 3, retryable: () => false })).rejects.toThrow(
      '1',
    );
    expect(calls()).toBe(1);
  });

  test('an abort ends it with its reason', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const fn = (): Promise<never> => {
      controller.abort(reason);
      return Promise.reject(new Error('other'));
    };
    const options = { ...always, clock: new FakeClock(), attempts: 3, signal: controller.signal };
    await expect(retry(fn, options)).rejects.toBe(reason);
  });

  test('without an end in sight it does not start', async () => {
    await expect(retry(failing(0).fn, { ...always, clock: new FakeClock() })).rejects.toThrow(TypeError);
  });
});

describe('systemClock', () => {
  test('sleeps, and wakes with the reason of an abort', async () => {
    const before = systemClock.now();
    await systemClock.sleep(5);
    expect(systemClock.now()).toBeGreaterThanOrEqual(before + 4);
    await expect(systemClock.sleep(60_000, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});
