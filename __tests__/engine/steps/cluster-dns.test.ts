import { expect, test } from '@jest/globals';
import { clusterDns } from '../../../src/engine/steps/cluster-dns.ts';
import { fakeCluster } from '../../helpers/cluster.ts';
import { quiet } from '../../helpers/failure.ts';

const tools = { signal: quiet, log: () => undefined };

function setUp(pending: readonly string[], failed: readonly string[]) {
  const at = fakeCluster();
  at.cluster.fresh = true;
  at.runner
    .on(/ get pods -l k8s-app=kube-dns /, pending.join('\n'))
    .on(/ get events /, failed.join('\n'))
    .on(/ delete pod /, '');
  return at;
}

const deletions = (lines: readonly string[]) =>
  lines.flatMap((line) => / (delete pod .*)/.exec(line)?.[1] ?? []);

test('replaces the pods that wait because they came before the network, and no others', async () => {
  const { cluster, runner } = setUp(
    ['coredns-1-a', 'coredns-1-b'],
    ['coredns-1-b', 'provisioner-1', 'coredns-0-x'],
  );
  expect(await clusterDns.run(cluster, tools)).toEqual({
    changed: true,
    note: 'pods that had come before the network: 1',
  });
  expect(deletions(runner.lines)).toEqual(['delete pod --ignore-not-found --wait=false coredns-1-b']);
});

test.each([
  ['all run', [], ['coredns-1-a']],
  ['they wait for something else', ['coredns-1-a'], []],
  ['what the API server says is no name of theirs', ['--all'], ['--all']],
])('leaves them alone where %s', async (_, pending, failed) => {
  const { cluster, runner } = setUp(pending, failed);
  expect(await clusterDns.run(cluster, tools)).toEqual({ changed: false });
  expect(deletions(runner.lines)).toEqual([]);
});

test('asks nothing of a cluster that was there before', async () => {
  const { cluster, runner } = setUp(['coredns-1-a'], ['coredns-1-a']);
  cluster.fresh = false;
  expect(await clusterDns.run(cluster, tools)).toEqual({ changed: false });
  expect(runner.lines).toEqual([]);
});

test('fails nothing when the API server does', async () => {
  const { cluster, runner } = setUp(['coredns-1-a'], ['coredns-1-a']);
  runner.on(/ get /, { exitCode: 1 });
  expect(await clusterDns.run(cluster, tools)).toEqual({ changed: false });
  runner.on(/ get /, 'coredns-1-a').on(/ delete /, { exitCode: 1 });
  expect(await clusterDns.run(cluster, tools)).toMatchObject({ changed: true });
});
