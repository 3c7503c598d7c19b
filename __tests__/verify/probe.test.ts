import { describe, expect, test } from '@jest/globals';
import { probeAll, urlOf, type Target } from '../../src/verify/probe.ts';
import { verifyContext } from '../helpers/verify-context.ts';
import type { FakeResult } from '../helpers/fake-runner.ts';

const targets: readonly Target[] = [
  { label: 'n1', url: 'http://10.244.0.1/', answeredBy: ['nginx-n1'] },
  { label: 'n2', url: 'http://10.244.0.2/', answeredBy: ['nginx-n2'] },
];

/** Both pods answer the same. */
function probing(result: FakeResult) {
  const { context, runner } = verifyContext();
  runner.on(/ exec nginx-n\d -c client -- /, result);
  return { runner, observe: () => probeAll(context, targets) };
}

describe('probeAll', () => {
  test('passes when each target is answered by the right pod, from each pod', async () => {
    const { observe, runner } = probing('0 0 nginx-n1\n1 0 nginx-n2\n');
    expect(await observe()).toEqual({
      status: 'pass',
      observed: '4 of 4 answered',
      probes: ['n1', 'n2'].flatMap((from) => [
        { from, to: 'n1', status: 'pass', detail: 'nginx-n1' },
        { from, to: 'n2', status: 'pass', detail: 'nginx-n2' },
      ]),
    });
    expect(runner.calls.map(({ argv }) => argv.slice(-2))).toEqual(
      Array(2).fill(['http://10.244.0.1/', 'http://10.244.0.2/']),
    );
  });

  test('a target that does not answer fails, with wget’s word', async () => {
    const { observe } = probing('0 0 nginx-n1\n1 1 wget: download \u001b[31mtimed out\n');
    const observation = await observe();
    expect(observation).toMatchObject({
      status: 'fail',
      observed: '2 of 4 did not answer; n1 → n2: wget: download timed out',
      hint: expect.stringContaining('firewall'),
    });
    expect(observation.probes?.map(({ status }) => status)).toEqual(['pass', 'fail', 'pass', 'fail']);
  });

  test('a timeout without a word is told by its exit code', async () => {
    expect(await probing('0 0 nginx-n1\n1 143 \n').observe()).toMatchObject({
      status: 'fail',
      observed: expect.stringContaining('wget exited with 143'),
    });
  });

  test.each(['nginx-n1', 'nginx-n22', 'login page', ''])(
    'an answer by something else (%j) fails',
    async (answer) => {
      const { probes, status } = await probing(`0 0 nginx-n1\n1 0 ${answer}\n`).observe();
      expect(status).toBe('fail');
      expect(probes?.[1]).toMatchObject({ status: 'fail', detail: `answered by something else: ${answer}` });
    },
  );

  test('an exec that failed is an error, neither pass nor fail', async () => {
    const { observe } = probing({ exitCode: 1, stderr: 'container not found' });
    const observation = await observe();
    expect(observation).toMatchObject({ status: 'error', observed: expect.stringContaining('4 of 4') });
    expect(observation.probes?.[0]).toMatchObject({
      status: 'error',
      detail: 'the probe could not be made: container not found',
    });
  });

  test('an exec that broke off keeps what it told; a failure outweighs what is not known', async () => {
    expect(await probing({ exitCode: 137, stdout: '0 0 nginx-n1\n' }).observe()).toMatchObject({
      status: 'error',
    });
    expect(await probing({ exitCode: 137, stdout: '0 1 refused\n' }).observe()).toMatchObject({
      status: 'fail',
    });
  });

  test('from nowhere nothing can be said', async () => {
    const { context } = verifyContext([]);
    expect(await probeAll(context, targets)).toMatchObject({ status: 'error' });
  });
});

test('urlOf puts IPv6 in brackets', () => {
  expect([urlOf('10.0.0.1'), urlOf('fd00::1')]).toEqual(['http://10.0.0.1/', 'http://[fd00::1]/']);
});
