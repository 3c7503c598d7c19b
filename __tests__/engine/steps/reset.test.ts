import { describe, expect, test } from '@jest/globals';
import { resetSteps } from '../../../src/engine/steps/reset.ts';
import type { Facts } from '../../../src/host/facts.ts';
import type { HostState } from '../../../src/host/state.ts';
import { fakeCluster, fakeFacts } from '../../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../../helpers/failure.ts';
import { hostState } from '../../helpers/host-state.ts';

const tools = { signal: quiet, log: () => undefined };
const member = hostState({ phase: 'member' });

/** Two hosts; the second has this state and these facts. */
function setUp(keep: 'nothing' | 'artifacts', state?: HostState, facts: Partial<Facts> = {}) {
  const at = fakeCluster({ hosts: 2 });
  const [, second = at.cluster.controlPlane] = at.cluster.hosts;
  second.learn(fakeFacts(1, facts));
  second.state = state;
  for (const runner of at.runners) runner.on('sh -c', '').on('rm -rf', '');
  const [ownership, reset] = resetSteps(keep);
  if (ownership?.scope !== 'cluster' || reset?.scope !== 'hosts') throw new TypeError('two steps');
  const changes = () => at.runners.flatMap(({ calls, uploads }) => [...calls, ...uploads]);
  return {
    ...at,
    changes,
    check: () => Promise.resolve(ownership.run(at.cluster, tools)),
    run: () => reset.run(at.cluster, second, tools),
    describe: () => reset.describe?.(at.cluster, second),
  };
}

describe('whose a host is', () => {
  const rows: [string, HostState | undefined, Partial<Facts>, string][] = [
    ['another cluster of ours', hostState({ cluster: 'other' }), {}, 'the cluster "other"'],
    ['another tool', undefined, { clusterFiles: ['/etc/kubernetes/kubelet.conf'] }, 'another tool'],
    ['nobody knows', undefined, { state: '{' }, 'another tool'],
  ];
  test.each(rows)('%s: E_FOREIGN before any host is touched', async (_name, state, facts, whose) => {
    const { check, changes } = setUp('nothing', state, facts);
    expect(await bootstrapFailure(check)).toMatchObject({
      code: 'E_FOREIGN',
      host: '10.0.0.2',
      message: `the host belongs to ${whose}; nothing was changed`,
    });
    expect(changes()).toEqual([]);
  });

  test('ours, or nobody’s', async () => {
    const ours = setUp('nothing', member, { clusterFiles: ['/etc/kubernetes/kubelet.conf'] });
    expect(await ours.check()).toEqual({ changed: false });
  });

  test('is looked at for all hosts before the first is reset', () => {
    const [ownership, reset] = resetSteps('nothing');
    expect(ownership).toMatchObject({ scope: 'cluster' });
    expect(reset?.needs).toEqual([ownership?.id]);
  });
});

describe('reset', () => {
  test('takes everything off', async () => {
    const { run, runners, describe: describes } = setUp('nothing', member);
    expect(await run()).toEqual({ changed: true });
    expect(runners[1]?.lines.at(-1)).toBe('rm -rf /var/lib/k8s-bootstrap');
    expect(runners[0]?.calls).toEqual([]);
    expect(describes()).toEqual(['remove the cluster from 10.0.0.2']);
  });

  test('of a host that has nothing of ours does nothing', async () => {
    const { run, changes, cluster } = setUp('nothing');
    expect(await run()).toEqual({ changed: false, note: 'nothing of ours is on it' });
    expect(changes()).toEqual([expect.objectContaining({ line: expect.stringContaining('/artifacts') })]);
    expect(cluster.changing).toBe(false);
  });

  test('takes off the downloads of a run that was killed before it installed any', async () => {
    const { run, runners, cluster } = setUp('nothing');
    runners[1]?.on('sh -c', 'removed\n');
    expect(await run()).toEqual({ changed: true, note: 'downloads removed' });
    expect(cluster.changing).toBe(true);
  });

  test('keeping artifacts leaves a host without a cluster alone', async () => {
    const { run, changes } = setUp('artifacts', hostState());
    expect(await run()).toEqual({ changed: false, note: 'no cluster on it' });
    expect(changes()).toEqual([]);
  });

  test('keeping artifacts takes the cluster off and remembers the rest', async () => {
    const { run, runners } = setUp('artifacts', member);
    expect(await run()).toEqual({ changed: true });
    expect(runners[1]?.uploaded('/var/lib/k8s-bootstrap/state.json')).toContain('"phase": "prepared"');
    expect(runners[1]?.lines).not.toContain('rm -rf /var/lib/k8s-bootstrap');
  });

  test('finds the traces of any CNI of ours', async () => {
    const { run, runners } = setUp('nothing', hostState({ phase: 'member', cni: 'gone' }));
    await run();
    expect(runners[1]?.calls.find(({ argv }) => argv[2]?.includes('ip link delete'))?.argv).toContain(
      'flannel.1',
    );
  });
});
