import { describe, expect, test } from '@jest/globals';
import type { Runner } from '../../src/exec/runner.ts';
import { BootstrapError } from '../../src/lib/errors.ts';
import { fakeSpec } from '../helpers/cluster.ts';
import { bootstrapFailure } from '../helpers/failure.ts';
import { FakeBed } from '../helpers/fake-bed.ts';
import { unitEnd } from '../helpers/fake-machine.ts';

const FOLLOW = /tail -n \+1/;
/** A connection that comes only when the run is over, as its reason to fail. */
const never = (signal: AbortSignal): Promise<Runner> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });

describe('a step that fails', () => {
  test('ends the run with the same error in step-end, run-end and rejection', async () => {
    using bed = new FakeBed();
    bed
      .machine(0)
      .on(FOLLOW, (argv) => unitEnd(argv, '[ERROR NumCPU]: too few', 1))
      .on('journalctl', '');
    const error = await bootstrapFailure(bed.up());
    expect(error).toMatchObject({ code: 'E_INIT', host: '10.0.0.1', step: 'init' });
    expect(error.message).toContain('[ERROR NumCPU]: too few');
    expect(bed.events.at(-1)).toMatchObject({
      type: 'run-end',
      report: {
        outcome: 'failure',
        error: { code: 'E_INIT', host: '10.0.0.1', step: 'init', message: error.message, hint: error.hint },
      },
    });
    const ends = new Map(bed.eventsOf('step-end').map((event) => [event.step.key, event]));
    expect(ends.get('init@10.0.0.1')).toMatchObject({ outcome: 'failed', error: { code: 'E_INIT' } });
    expect(ends.get('join@10.0.0.2')).toMatchObject({ outcome: 'skipped' });
    // kubeadm failed, but the API server came up and may know the token.
    expect(ends.get('revoke')).toMatchObject({ outcome: 'done' });
  });

  test('on several hosts names all of them', async () => {
    using bed = new FakeBed();
    bed.connect = ({ address }) =>
      Promise.reject(new BootstrapError('E_CONNECT', 'nobody there', { host: address }));
    const error = await bootstrapFailure(bed.up());
    expect(error.code).toBe('E_CONNECT');
    expect(error.errors.map(({ host }) => host)).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
  });

  test('the join token is revoked all the same', async () => {
    using bed = new FakeBed();
    bed
      .machine(1)
      .on(FOLLOW, (argv) => unitEnd(argv, 'error: no', 1))
      .on('journalctl', '');
    expect(await bootstrapFailure(bed.up())).toMatchObject({ code: 'E_JOIN', host: '10.0.0.2' });
    expect(bed.machine(0).lines.some((line) => line.includes(' delete secret '))).toBe(true);
  });
});

describe('the end of a run before its time', () => {
  test('the deadline is E_TIMEOUT', async () => {
    using bed = new FakeBed({ with: { timeouts: { ...fakeSpec().timeouts, totalSec: 0.01 } } });
    bed.connect = (_host, { signal }) => never(signal);
    expect(await bootstrapFailure(bed.up())).toMatchObject({
      code: 'E_TIMEOUT',
      where: 'timeouts.totalSec',
      message: 'the run took longer than 0.01 s',
    });
    expect(bed.events.at(-1)).toMatchObject({
      type: 'run-end',
      report: { outcome: 'failure', unchanged: false, error: { code: 'E_TIMEOUT' } },
    });
  });

  test('an abort is E_CANCELLED, and gives back what was taken', async () => {
    using bed = new FakeBed();
    const controller = new AbortController();
    bed.machine(0).on(/systemd-run --quiet/, () => {
      controller.abort();
      return '';
    });
    const error = await bootstrapFailure(bed.up(bed.context(controller.signal)));
    expect(error).toMatchObject({ code: 'E_CANCELLED' });
    expect(bed.events.at(-1)).toMatchObject({ type: 'run-end', report: { outcome: 'cancelled' } });
    expect(bed.done(/^(rm config|kubeadm) /)).toEqual(['rm config 10.0.0.1']);
    expect(bed.done(/^unlock /)).toHaveLength(3);
    expect(bed.machines.map(({ closed, held }) => [closed, held.size])).toEqual(Array(3).fill([true, 0]));
  });

  test('aborted before it began, it connects to nobody', async () => {
    using bed = new FakeBed();
    const reason = new BootstrapError('E_CANCELLED', 'SIGINT');
    expect(await bootstrapFailure(bed.up(bed.context(AbortSignal.abort(reason))))).toMatchObject({
      code: 'E_CANCELLED',
      message: 'SIGINT',
    });
    expect(bed.did).toEqual([]);
  });
});

describe('what was taken is given back', () => {
  const GIVEN = /^(unlock|close) /;
  const locksFirst = [/^unlock/, /^unlock/, /^unlock/, /^close/, /^close/, /^close/].map((pattern) =>
    expect.stringMatching(pattern),
  );

  test('locks before connections, and before run-end', async () => {
    using bed = new FakeBed();
    const { events } = bed.context();
    await bed.up({
      events: {
        emit: (event) => {
          events.emit(event);
          if (event.type === 'run-end') bed.did.push('END');
        },
      },
    });
    expect(bed.done(GIVEN)).toEqual(locksFirst);
    expect(new Set(bed.done(GIVEN)).size).toBe(6);
    expect(bed.did.slice(-7)).toEqual([...locksFirst, 'END']);
  });

  test('also after a failure, and also where one cannot be given back', async () => {
    using bed = new FakeBed();
    bed
      .machine(1)
      .on('journalctl', '')
      .on(FOLLOW, (argv) => unitEnd(argv, 'error: no', 1));
    bed.machine(0).close = () => Promise.reject(new Error('gone'));
    expect(await bootstrapFailure(bed.up())).toMatchObject({ code: 'E_JOIN' });
    expect(bed.done(GIVEN)).toEqual(locksFirst.slice(0, 5));
    expect(bed.did.at(-1)).toMatch(/^close/);
  });

  test('where another run holds one of the hosts, the others are given back', async () => {
    using bed = new FakeBed();
    bed.machine(2).on(/flock -n 9/, 'held by run 1234\n');
    expect(await bootstrapFailure(bed.up())).toMatchObject({ code: 'E_LOCKED', host: '10.0.0.3' });
    expect(bed.machines.map(({ closed, held }) => [closed, held.size])).toEqual(Array(3).fill([true, 0]));
    expect(bed.done(/^(facts|install) 10.0.0.3/)).toEqual([]);
  });
});
