import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { takeName, type LockAttempt } from '../../../src/providers/kind/lock.ts';

async function give(attempt: LockAttempt): Promise<void> {
  if (!('close' in attempt)) throw new TypeError(`held by ${attempt.heldBy}`);
  await attempt.close();
}

describe('a name on this machine', () => {
  test('is had by one, and others are told by whom, as often as they ask', async () => {
    const name = randomUUID();
    const mine = await takeName(name, 'run 1\u001b[31m');
    expect(await takeName(name, 'run 2')).toEqual({ heldBy: 'run 1' });
    expect(await takeName(name, 'run 3')).toEqual({ heldBy: 'run 1' });
    const other = await takeName(randomUUID(), 'run 2');
    await give(other);
    await give(mine);
    await give(await takeName(name, 'run 4'));
  });

  test('is never had twice, whoever comes at once', async () => {
    const name = randomUUID();
    const attempts = await Promise.all(['a', 'b', 'c'].map((holder) => takeName(name, holder)));
    const taken = attempts.filter((attempt) => 'close' in attempt);
    expect(taken).toHaveLength(1);
    await Promise.all(taken.map(give));
  });

  test('may be longer than a socket’s, and counts to its end', async () => {
    const name = `${randomUUID()}${'x'.repeat(200)}`;
    const mine = await takeName(`${name}1`, 'run 1');
    expect(await takeName(`${name}1`, 'run 2')).toEqual({ heldBy: 'run 1' });
    await give(await takeName(`${name}2`, 'run 2'));
    await give(mine);
  });

  test('whoever has it, no more than a line’s worth of its words is told', async () => {
    const name = randomUUID();
    const mine = await takeName(name, 'x'.repeat(1_000));
    expect(await takeName(name, 'me')).toEqual({ heldBy: 'x'.repeat(200) });
    await give(mine);
  });
});
