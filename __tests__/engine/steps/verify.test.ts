import { describe, expect, test } from '@jest/globals';
import { removeVerification, verify } from '../../../src/engine/steps/verify.ts';
import { fakeCluster, fakeSpec } from '../../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../../helpers/failure.ts';
import { items, nodeObject, placement, podObject } from '../../helpers/verify-context.ts';

const tools = { signal: quiet, log: () => undefined };

/** A cluster of two nodes whose nginx pods print this when they probe each other. */
function setUp(answers: string, checks: readonly string[] = []) {
  const at = fakeCluster({ with: { verify: { ...fakeSpec().verify, checks } } });
  at.runner
    .on('/usr/local/bin/kubectl', '')
    .on(/ get nodes /, items([nodeObject('n1'), nodeObject('n2')]))
    .on(/ get .*pods /, items([podObject('n1'), podObject('n2')]))
    .on(/ exec /, answers);
  return { ...at, run: () => verify.run(at.cluster, tools) };
}
const ofChecks = ({ events }: ReturnType<typeof setUp>) =>
  events.flatMap((event) => (event.type === 'check' ? [`${event.result.id} ${event.result.status}`] : []));
const GOOD = '0 0 nginx-n1\n1 0 nginx-n2\n';

describe('verify', () => {
  test('tells each check and where nginx runs', async () => {
    const at = setUp(GOOD);
    expect(await at.run()).toEqual({ changed: false, note: '2 checks passed' });
    expect(ofChecks(at)).toEqual(['nginx-running pass', 'nginx-answers pass']);
    expect(at.cluster.pods).toEqual([placement('n1'), placement('n2')]);
    expect(at.cluster.checks).toHaveLength(2);
  });

  test('a failed check has the CNI asked how it is', async () => {
    const at = setUp('0 0 nginx-n1\n1 1 timed out\n');
    await bootstrapFailure(at.run());
    expect(at.runner.lines.some((line) => line.includes('-- cat /run/flannel/subnet.env'))).toBe(true);
  });

  test('a failed check is E_VERIFY with what was seen, after all were told', async () => {
    const at = setUp('0 0 nginx-n1\n1 1 timed out\n', ['dns']);
    expect(await bootstrapFailure(at.run())).toMatchObject({
      code: 'E_VERIFY',
      message: 'nginx answers from node to node: 2 of 4 did not answer; n1 → n2: timed out',
      hint: expect.stringContaining('firewall'),
    });
    expect(ofChecks(at)).toEqual(['nginx-running pass', 'nginx-answers fail', 'dns skipped']);
  });

  test('a check that could not be made is E_PROBE', async () => {
    expect(await bootstrapFailure(setUp('').run())).toMatchObject({ code: 'E_PROBE' });
  });

  test('an API server that is gone is E_PROBE too, and the checks are told', async () => {
    const at = setUp(GOOD);
    at.runner.on(/ get /, { exitCode: 1, stderr: 'connection refused' });
    expect(await bootstrapFailure(at.run())).toMatchObject({ code: 'E_PROBE' });
    expect(ofChecks(at)).toEqual(['nginx-running error', 'nginx-answers skipped']);
  });

  test('an unknown check is E_SPEC', async () => {
    expect(await bootstrapFailure(setUp(GOOD, ['nothing']).run())).toMatchObject({ code: 'E_SPEC' });
  });

  test('says what it would do', () => {
    const { cluster } = setUp(GOOD, ['service']);
    expect(verify.describe?.(cluster)).toHaveLength(3);
  });
});

describe('remove-nginx', () => {
  test('removes the namespace, unless it is to stay', async () => {
    const { cluster, runner } = setUp(GOOD);
    expect(await removeVerification.run(cluster, tools)).toEqual({ changed: false });
    expect(runner.lines).toEqual([expect.stringContaining('delete namespace k8s-bootstrap-verify')]);
    const kept = fakeCluster({ with: { verify: { ...fakeSpec().verify, keep: true } } });
    expect(await removeVerification.run(kept.cluster, tools)).toMatchObject({ note: 'kept, as asked' });
    expect(kept.runner.calls).toEqual([]);
  });
});
