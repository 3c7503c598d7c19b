import { describe, expect, test } from '@jest/globals';
import { BootstrapError } from '../../src/lib/errors.ts';
import type { Check } from '../../src/verify/check.ts';
import { checkIds, checksNamed, runChecks } from '../../src/verify/index.ts';
import { fakeSpec } from '../helpers/cluster.ts';
import { bootstrapFailure } from '../helpers/failure.ts';
import { verifyContext } from '../helpers/verify-context.ts';

const idsOf = (ids: readonly string[]): readonly string[] => checksNamed(ids).map(({ id }) => id);

describe('checksNamed', () => {
  test('the gate is always there', () => {
    expect(checkIds).toEqual(['nginx-running', 'nginx-answers', 'service', 'dns']);
    expect(idsOf([])).toEqual(['nginx-running', 'nginx-answers']);
    expect(idsOf(['dns'])).toEqual(['nginx-running', 'nginx-answers', 'dns']);
    expect(idsOf(['default'])).toEqual(checkIds);
    expect(idsOf(['dns', 'default', 'nginx-running'])).toEqual(checkIds);
  });

  test('a name that no check has is E_SPEC and tells the names', async () => {
    expect(await bootstrapFailure(() => checksNamed(['dns', 'foo']))).toMatchObject({
      code: 'E_SPEC',
      where: 'verify.checks',
      message: expect.stringContaining('"foo"'),
      hint: expect.stringContaining('service, dns'),
    });
  });

  test('each says what it expects', () => {
    for (const check of checksNamed(['default'])) expect(check.expected(fakeSpec())).not.toBe('');
  });
});

describe('runChecks', () => {
  type Observe = Check['observe'];
  const pass: Observe = () => Promise.resolve({ status: 'pass', observed: 'fine' });
  const check = (id: string, observe: Observe): Check => ({ id, title: id, expected: () => 'e', observe });
  const run = async (running: Observe, answers: Observe, dns: Observe = pass, signal?: AbortSignal) => {
    const checks = [check('dns', dns), check('nginx-running', running), check('nginx-answers', answers)];
    const context = { ...verifyContext().context, ...(signal === undefined ? {} : { signal }) };
    let now = 0;
    return runChecks(checks, context, () => (now += 5));
  };
  const statuses = async (...observed: [Observe, Observe, Observe?]) =>
    Object.fromEntries((await run(...observed)).map(({ id, status }) => [id, status]));
  const bad =
    (status: 'fail' | 'error'): Observe =>
    () =>
      Promise.resolve({ status, observed: 'bad' });

  test('the gate goes first; each result has what was expected and seen, and how long it took', async () => {
    const [first, ...others] = await run(pass, pass);
    expect(first).toEqual({
      id: 'nginx-running',
      title: 'nginx-running',
      expected: 'e',
      status: 'pass',
      observed: 'fine',
      durationMs: 5,
    });
    expect(others.map(({ id }) => id)).toEqual(['nginx-answers', 'dns']);
  });

  test('after a failed gate nothing else is made', async () => {
    expect(await statuses(bad('fail'), pass)).toEqual({
      'nginx-running': 'fail',
      'nginx-answers': 'skipped',
      dns: 'skipped',
    });
    expect(await statuses(pass, bad('error'))).toEqual({
      'nginx-running': 'pass',
      'nginx-answers': 'error',
      dns: 'skipped',
    });
  });

  test('a skipped check was not made, and says so', async () => {
    let made = false;
    const results = await run(bad('fail'), pass, () => {
      made = true;
      return pass({} as never);
    });
    expect(made).toBe(false);
    expect(results.at(-1)).toMatchObject({ observed: 'not made, since the gate failed', durationMs: 0 });
  });

  test('a check that throws could not be made; the others are', async () => {
    const throws: Observe = () => Promise.reject(new BootstrapError('E_COMMAND', 'kubectl failed'));
    const results = await run(pass, pass, throws);
    expect(results.at(-1)).toMatchObject({ status: 'error', observed: 'could not be made: kubectl failed' });
    expect(await statuses(throws, pass)).toMatchObject({ 'nginx-running': 'error', dns: 'skipped' });
  });

  test('a cancelled run is no result', async () => {
    const reason = new BootstrapError('E_CANCELLED', 'stop');
    const throws: Observe = () => Promise.reject(reason);
    await expect(run(throws, pass, pass, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
