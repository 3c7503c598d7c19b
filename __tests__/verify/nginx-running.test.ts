import { describe, expect, test } from '@jest/globals';
import type { ClusterSpec } from '../../src/spec/cluster-spec.ts';
import { nginxPods, nginxRunning } from '../../src/verify/nginx-running.ts';
import { fakeSpec } from '../helpers/cluster.ts';
import { quiet } from '../helpers/failure.ts';
import { items, nodeObject, placement, podObject, verifyContext } from '../helpers/verify-context.ts';

const controlPlaneTaint = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };

function setUp(
  nodes: readonly unknown[],
  pods: readonly unknown[],
  rollout = 0,
  networks: Partial<ClusterSpec['cni']> = {},
) {
  const { context, runner } = verifyContext([], networks);
  runner
    .on(/ get nodes /, items(nodes))
    .on(/ get .*pods /, items(pods))
    .on(/ scale /, '')
    .on(/ rollout status /, { exitCode: rollout });
  return { context, runner };
}

describe('nginx runs on several nodes', () => {
  test('passes and says where', async () => {
    const { context, runner } = setUp(
      [nodeObject('n1', { taints: [controlPlaneTaint] }), nodeObject('n2')],
      [podObject('n1'), podObject('n2')],
    );
    expect(await nginxRunning.observe(context)).toEqual({
      status: 'pass',
      observed: 'nginx-n1 on n1, nginx-n2 on n2',
    });
    expect(context.pods).toEqual([placement('n1'), placement('n2')]);
    expect(runner.lines.find((line) => line.includes('rollout'))).toContain('--timeout=30s');
  });

  test('wants a pod on every node that takes one', async () => {
    const nodes = [
      nodeObject('n1'),
      nodeObject('n2'),
      nodeObject('n3'),
      nodeObject('n4', { unschedulable: true }),
    ];
    const { context, runner } = setUp(nodes, [podObject('n1'), podObject('n2'), podObject('n3')]);
    await nginxRunning.observe(context);
    expect(runner.lines.find((line) => line.includes('scale'))).toMatch(/deployment\/nginx --replicas=3$/);
  });

  const rows: [string, object, string][] = [
    ['cordoned', { unschedulable: true }, 'n2 is cordoned'],
    [
      'tainted',
      { taints: [{ key: 'gpu', value: 'a', effect: 'NoExecute' }] },
      'n2 has the taint gpu=a:NoExecute',
    ],
    [
      'tainted without a value',
      { taints: [{ key: 'gpu', effect: 'NoSchedule' }] },
      'n2 has the taint gpu:NoSchedule',
    ],
  ];
  test.each(rows)('fails where only one node takes pods: the other is %s', async (_name, spec, reason) => {
    const { context, runner } = setUp([nodeObject('n1'), nodeObject('n2', spec)], []);
    expect(await nginxRunning.observe(context)).toMatchObject({
      status: 'fail',
      observed: `only 1 of 2 nodes can take pods: ${reason}`,
      hint: expect.stringContaining('verify.minNodes'),
    });
    expect(runner.lines.some((line) => line.includes('scale'))).toBe(false);
  });

  test('a node that is Ready counts, though its old taint is still there', async () => {
    const fresh = { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }] };
    const pods = [podObject('n1'), podObject('n2')];
    const there = setUp([nodeObject('n1'), nodeObject('n2', fresh)], pods);
    expect(await nginxRunning.observe(there.context)).toMatchObject({ status: 'pass' });
    const gone = setUp([nodeObject('n1'), nodeObject('n2', fresh, false)], pods);
    gone.runner.on(/ wait node /, { exitCode: 1 });
    expect(await nginxRunning.observe(gone.context)).toMatchObject({
      status: 'fail',
      observed: expect.stringContaining('n2 has the taint node.kubernetes.io/not-ready:NoExecute'),
    });
  });

  test('nodes that are not Ready yet are waited for, where too few are', async () => {
    const fresh = { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] };
    const { context, runner } = verifyContext([]);
    let ready = false;
    runner
      .on(/ get nodes /, () => items([nodeObject('n1', fresh, ready), nodeObject('n2', fresh, ready)]))
      .on(/ wait node --all --for=condition=Ready --timeout=30s/, () => {
        ready = true;
        return '';
      })
      .on(/ get .*pods /, items([podObject('n1'), podObject('n2')]))
      .on(/ scale /, '')
      .on(/ rollout status /, '');
    expect(await nginxRunning.observe(context)).toMatchObject({ status: 'pass' });
  });

  test('a preference is no taint', async () => {
    const prefer = { taints: [{ key: 'x', effect: 'PreferNoSchedule' }] };
    const { context } = setUp(
      [nodeObject('n1'), nodeObject('n2', prefer)],
      [podObject('n1'), podObject('n2')],
    );
    expect(await nginxRunning.observe(context)).toMatchObject({ status: 'pass' });
  });

  test('fails with the pods’ reasons when the rollout does not end', async () => {
    const { context } = setUp(
      [nodeObject('n1'), nodeObject('n2')],
      [podObject('n1'), podObject('n2', false)],
      1,
    );
    expect(await nginxRunning.observe(context)).toMatchObject({
      status: 'fail',
      observed: 'ready on 1 node after 60 s: nginx-n2 on n2: nginx not ready',
    });
    expect(context.pods).toEqual([placement('n1')]);
  });

  test('fails when all pods are on one node, whatever the rollout says', async () => {
    const { context } = setUp([nodeObject('n1'), nodeObject('n2')], [podObject('n1'), podObject('n1')]);
    expect(await nginxRunning.observe(context)).toMatchObject({
      status: 'fail',
      observed: 'ready on 1 node after 60 s: no reason given',
    });
  });

  test('fails where a pod of a dual-stack cluster has no address of one family', async () => {
    const pods = [podObject('n1', true, ['10.244.0.1', 'fd00::1']), podObject('n2', true, ['10.244.0.2'])];
    const podCIDR = '10.244.0.0/16,fd00::/56';
    const { context } = setUp([nodeObject('n1'), nodeObject('n2')], pods, 0, { podCIDR });
    expect(await nginxRunning.observe(context)).toMatchObject({
      status: 'fail',
      observed: 'nginx-n2 on n2 has no IPv6 address',
    });
  });

  test('says beforehand what it expects', () => {
    expect(nginxRunning.expected(fakeSpec())).toBe('ready pods on at least 2 nodes');
  });
});

test('nginxPods leaves out pods that are being deleted, and bears missing fields', async () => {
  const { context, runner } = verifyContext();
  const deleted = {
    metadata: { ...podObject('n1').metadata, deletionTimestamp: 'now' },
    spec: {},
    status: {},
  };
  const pending = { metadata: { namespace: 'ns', name: 'p' }, spec: {}, status: {} };
  runner.on(/ get .*pods -l app=nginx /, items([deleted, pending]));
  expect(await nginxPods(context.kubectl, quiet)).toEqual([
    { namespace: 'ns', name: 'p', node: '', ip: '', ips: [], phase: 'Unknown', ready: false },
  ]);
});
