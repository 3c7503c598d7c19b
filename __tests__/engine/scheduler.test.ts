import { describe, expect, jest, test } from '@jest/globals';
import { criticalPath } from '../../src/engine/critical-path.ts';
import type { EngineEvent } from '../../src/engine/events.ts';
import { runGraph } from '../../src/engine/scheduler.ts';
import type { StepInstance, StepResult, StepTools } from '../../src/engine/step.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { BootstrapError } from '../../src/lib/errors.ts';

type Run = (tools: StepTools) => Promise<StepResult | undefined>;

function instance(key: string, needs: readonly string[], run: Run, always = false): StepInstance {
  const [id = key, host] = key.split('@');
  const info = { key, id, title: id, needs, ...(host === undefined ? {} : { host }) };
  return { info, always, run, describe: () => [] };
}

const ok: Run = () => Promise.resolve(undefined);
const hang: Run = ({ signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });

async function schedule(graph: readonly StepInstance[], signal = new AbortController().signal) {
  const events: EngineEvent[] = [];
  const result = await runGraph(graph, {
    clock: systemClock,
    signal,
    events: { emit: (event) => events.push(event) },
  });
  const outcomes = Object.fromEntries(result.timings.map(({ key, outcome }) => [key, outcome]));
  return { ...result, outcomes, events };
}

describe('runGraph', () => {
  test('starts each step when its needs are done, whatever the order of the list', async () => {
    const order: string[] = [];
    const note =
      (key: string): Run =>
      () => {
        order.push(key);
        return Promise.resolve(undefined);
      };
    const { outcomes, error } = await schedule([
      instance('c', ['b'], note('c')),
      instance('b', ['a'], note('b')),
      instance('a', [], note('a')),
    ]);
    expect(order).toEqual(['a', 'b', 'c']);
    expect(outcomes).toEqual({ c: 'done', b: 'done', a: 'done' });
    expect(error).toBeUndefined();
  });

  test('independent steps run at the same time', async () => {
    const meet = Promise.withResolvers<undefined>();
    const { outcomes } = await schedule([
      instance('waits', [], () => meet.promise),
      instance('comes', [], () => {
        meet.resolve(undefined);
        return Promise.resolve(undefined);
      }),
    ]);
    expect(outcomes).toEqual({ waits: 'done', comes: 'done' });
  });

  test('a step that changed nothing says so, with its note', async () => {
    const { outcomes, events } = await schedule([
      instance('a', [], () => Promise.resolve({ changed: false, note: 'there' })),
    ]);
    expect(outcomes).toEqual({ a: 'unchanged' });
    expect(events.at(-1)).toMatchObject({ type: 'step-end', outcome: 'unchanged', note: 'there' });
  });

  test('a failure cancels other steps, skips what is left, and still runs what must run always', async () => {
    let released = false;
    const { outcomes, error } = await schedule([
      instance('bad', [], () => Promise.reject(new BootstrapError('E_INIT', 'no', { hint: 'try' }))),
      instance('long', [], hang),
      instance('next', ['bad'], ok),
      instance(
        'give-back',
        ['next'],
        ({ signal }) => {
          released = !signal.aborted;
          return Promise.resolve(undefined);
        },
        true,
      ),
    ]);
    expect(outcomes).toEqual({ bad: 'failed', long: 'cancelled', next: 'skipped', 'give-back': 'done' });
    expect(released).toBe(true);
    expect(error).toMatchObject({ code: 'E_INIT', step: 'bad', hint: 'try' });
  });

  test('siblings on other hosts go on, so that every host with the fault is named', async () => {
    const gate = Promise.withResolvers<undefined>();
    const { error, outcomes } = await schedule([
      instance('join@h1', [], () => {
        setImmediate(() => {
          gate.resolve(undefined);
        });
        return Promise.reject(new BootstrapError('E_JOIN', 'first'));
      }),
      instance('join@h2', [], async () => {
        await gate.promise;
        throw new BootstrapError('E_JOIN', 'second');
      }),
    ]);
    expect(outcomes).toEqual({ 'join@h1': 'failed', 'join@h2': 'failed' });
    expect(error?.message).toBe('2 failures:\n - h1: first\n - h2: second');
  });

  test('cancelling ends the run with the reason', async () => {
    const controller = new AbortController();
    const reason = new BootstrapError('E_TIMEOUT', 'too long');
    const started = Promise.withResolvers<undefined>();
    const long: Run = (tools) => {
      started.resolve(undefined);
      return hang(tools);
    };
    const run = schedule([instance('long', [], long), instance('next', ['long'], ok)], controller.signal);
    await started.promise;
    controller.abort(reason);
    const { error, outcomes } = await run;
    expect(error).toBe(reason);
    expect(outcomes).toEqual({ long: 'cancelled', next: 'skipped' });
  });

  test('what must run always may fail without hiding why the run ended', async () => {
    const reason = new BootstrapError('E_TIMEOUT', 'too long');
    const lost: Run = () => Promise.reject(new BootstrapError('E_LOST', 'gone'));
    const late = await schedule([instance('give-back', [], lost, true)], AbortSignal.abort(reason));
    expect(late.error).toBe(reason);
    expect(late.outcomes).toEqual({ 'give-back': 'failed' });
    const bad: Run = () => Promise.reject(new BootstrapError('E_JOIN', 'no'));
    const failed = await schedule([instance('bad', [], bad), instance('give-back', ['bad'], lost, true)]);
    expect(failed.error).toMatchObject({ code: 'E_JOIN', errors: [] });
    // Alone it is a failure like others: a token that was not revoked, say.
    const alone = await schedule([instance('give-back', [], lost, true)]);
    expect(alone.error).toMatchObject({ code: 'E_LOST', step: 'give-back' });
  });

  test('what must run always is given ten seconds after the end', async () => {
    jest.useFakeTimers();
    try {
      const controller = new AbortController();
      let ended = false;
      const run = schedule([instance('give-back', [], hang, true)], controller.signal).finally(() => {
        ended = true;
      });
      await jest.advanceTimersByTimeAsync(60_000);
      controller.abort(new BootstrapError('E_CANCELLED', 'SIGINT'));
      await jest.advanceTimersByTimeAsync(9_999);
      expect(ended).toBe(false);
      await jest.advanceTimersByTimeAsync(1);
      expect(await run).toMatchObject({
        outcomes: { 'give-back': 'cancelled' },
        error: { message: 'SIGINT' },
      });
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  test('a foreign reason for cancelling becomes E_CANCELLED', async () => {
    const { error } = await schedule([instance('next', [], ok)], AbortSignal.abort());
    expect(error?.code).toBe('E_CANCELLED');
  });

  test('what is thrown and is none of ours is a defect', async () => {
    const { error } = await schedule([
      instance('a', [], () => Promise.reject(new TypeError('x is undefined'))),
    ]);
    expect(error).toMatchObject({ code: 'E_INTERNAL', step: 'a' });
  });
});

describe('criticalPath', () => {
  const timing = (key: string, needs: string[], startMs: number, durationMs: number) =>
    ({ key, id: key, title: key, needs, startMs, durationMs, outcome: 'done' }) as const;

  test('follows the latest of the needs back from the last end', () => {
    const timings = [
      timing('a', [], 0, 10),
      timing('b', [], 0, 30),
      timing('c', ['a', 'b'], 30, 5),
      timing('d', ['a'], 10, 20),
    ];
    expect(criticalPath(timings)).toEqual(['b', 'c']);
  });

  test('steps that never ran are not on it', () => {
    expect(
      criticalPath([timing('a', [], 0, 10), { ...timing('b', ['a'], 99, 0), outcome: 'skipped' }]),
    ).toEqual(['a']);
    expect(criticalPath([])).toEqual([]);
  });
});
