import { describe, expect, test } from '@jest/globals';
import { explainNodes, explainPods, kubeletComplaint } from '../../src/kube/diagnose.ts';
import { fakeCluster } from '../helpers/cluster.ts';
import { quiet } from '../helpers/failure.ts';

interface Status {
  readonly name: string;
  readonly ready: boolean;
  readonly state?: object;
}
const pod = (name: string, status: object, nodeName: string | undefined = 'n1') => ({
  metadata: { name },
  spec: nodeName === '' ? {} : { nodeName },
  status,
});
const containers = (...containerStatuses: Status[]) => ({ phase: 'Pending', containerStatuses });

function answering(items: readonly unknown[]) {
  const { cluster, runner } = fakeCluster();
  runner.on(/ get .*-o json$/, JSON.stringify({ items }));
  return { kubectl: cluster.kubectl, runner };
}

async function reasonFor(item: unknown): Promise<string | undefined> {
  return (await explainPods(answering([item]).kubectl, 'kube-flannel', quiet))[0];
}

describe('explainPods', () => {
  const condition = { type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' };
  const rows: [string, unknown, string | undefined][] = [
    [
      'a pod that runs',
      pod('p', { phase: 'Running', containerStatuses: [{ name: 'c', ready: true }] }),
      undefined,
    ],
    [
      'an unscheduled pod',
      pod('p', { conditions: [condition] }, ''),
      'p on no node: 0/3 nodes are available',
    ],
    ['an unscheduled pod without a word', pod('p', {}, ''), 'p on no node: not scheduled'],
    [
      'an image that is not there',
      pod(
        'p',
        containers({
          name: 'c',
          ready: false,
          state: { waiting: { reason: 'ErrImagePull', message: 'no such image' } },
        }),
      ),
      'p on n1: c ErrImagePull (no such image)',
    ],
    [
      'a container killed for memory',
      pod(
        'p',
        containers({
          name: 'c',
          ready: false,
          state: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
        }),
      ),
      'p on n1: c OOMKilled',
    ],
    [
      'an init container that is done is not to blame',
      pod('p', {
        phase: 'Pending',
        initContainerStatuses: [{ name: 'i', ready: false, state: { terminated: { exitCode: 0 } } }],
        containerStatuses: [{ name: 'c', ready: false, state: { waiting: { reason: 'PodInitializing' } } }],
      }),
      'p on n1: c PodInitializing',
    ],
    [
      'a container that is only not ready',
      pod('p', containers({ name: 'c', ready: false })),
      'p on n1: c not ready',
    ],
    ['a pod of no containers yet', pod('p', { phase: 'Pending' }), 'p on n1: Pending'],
  ];
  test.each(rows)('%s', async (_name, item, reason) => {
    expect(await reasonFor(item)).toBe(reason);
  });

  test('of its last words those are quoted that complain', async () => {
    const crash = { waiting: { reason: 'CrashLoopBackOff' } };
    const { kubectl, runner } = answering([pod('p', containers({ name: 'c', ready: false, state: crash }))]);
    const klog = 'I1124 1 main.go] starting\nE1124 1 main.go] no subnet\nI1124 1 main.go] stopping\n';
    runner.on(/ logs p -c c .*--previous$/, klog);
    expect(await explainPods(kubectl, 'ns', quiet)).toEqual([
      'p on n1: c CrashLoopBackOff (E1124 1 main.go] no subnet)',
    ]);
    const gone = 'unable to retrieve container logs for containerd://1234';
    runner.on(/ logs p -c c .*--previous$/, gone).on(/ logs p -c c --tail=30$/, 'now\n');
    expect(await explainPods(kubectl, 'ns', quiet)).toEqual(['p on n1: c CrashLoopBackOff (now)']);
  });

  test('a crashing container is quoted with the last line of its previous life', async () => {
    const crash = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } };
    const { kubectl, runner } = answering([pod('p', containers({ name: 'c', ready: false, state: crash }))]);
    runner.on(/ logs p -c c .*--previous$/, 'first\nfatal: no \u001b[31mroute\n');
    expect(await explainPods(kubectl, 'ns', quiet)).toEqual([
      'p on n1: c CrashLoopBackOff (fatal: no route)',
    ]);
  });

  test('without a previous life, the present one speaks; with neither, nobody', async () => {
    const failed = { terminated: { reason: 'Error', exitCode: 1 } };
    const { kubectl, runner } = answering([pod('p', containers({ name: 'c', ready: false, state: failed }))]);
    runner.on(/ logs p /, 'now\n').on(/--previous$/, { exitCode: 1 });
    expect(await explainPods(kubectl, 'ns', quiet)).toEqual(['p on n1: c Error (now)']);
    runner.on(/ logs p /, { exitCode: 1 });
    expect(await explainPods(kubectl, 'ns', quiet)).toEqual(['p on n1: c Error']);
  });
});

describe('explainNodes', () => {
  const silent = () => Promise.resolve('');
  const node = (name: string, status?: string, message?: string) => ({
    metadata: { name },
    status: status === undefined ? {} : { conditions: [{ type: 'Ready', status, message }] },
  });

  test('names the nodes that are not Ready, with the reason', async () => {
    const { kubectl } = answering([node('a', 'True', 'fine'), node('b', 'False', 'disk is full'), node('c')]);
    expect(await explainNodes(kubectl, ['a', 'b', 'c', 'd'], quiet, silent)).toEqual({
      reasons: ['b: disk is full', 'c: no word from its kubelet', 'd: its kubelet has not registered it'],
      network: false,
    });
  });

  test('quotes the kubelet of a node that was never registered', async () => {
    const { cluster, runner } = fakeCluster();
    runner.on(
      'journalctl',
      'I1124 21:08:45.3 1 a.go:1] "fine"\nE1124 21:08:45.4 4312 kubelet.go:1804] "Failed" err="too many\x1b[1m open files"\nkubelet.service: Failed\n',
    );
    const words = await kubeletComplaint(cluster.controlPlane);
    expect(words).toBe('"Failed" err="too many open files"');
    const { kubectl } = answering([]);
    const { reasons } = await explainNodes(kubectl, ['a'], quiet, () => Promise.resolve(words));
    expect(reasons).toEqual([`a: its kubelet has not registered it, and says: ${words}`]);
  });

  test('knows a missing network', async () => {
    const message = 'container runtime network not ready: NetworkReady=false';
    const { kubectl } = answering([node('a', 'False', message)]);
    expect(await explainNodes(kubectl, ['a'], quiet, silent)).toMatchObject({ network: true });
  });
});
