import { describe, expect, test } from '@jest/globals';
import { begin, unstage } from '../../../src/engine/steps/begin.ts';
import { Cluster } from '../../../src/engine/cluster.ts';
import { fakeCluster, fakeFacts } from '../../helpers/cluster.ts';
import { quiet } from '../../helpers/failure.ts';
import { FakeRunner } from '../../helpers/fake-runner.ts';

const tools = { signal: quiet, log: () => undefined };

describe('the line between looking and changing', () => {
  test('tells nobody: whether something changes shows later, and is told once', async () => {
    let told = 0;
    const { cluster: other } = fakeCluster();
    const { spec, cni, events, clock, redactor, connect } = other;
    const beforeFirstChange = () => {
      told += 1;
    };
    const cluster = new Cluster({ spec, cni, events, clock, redactor, connect, beforeFirstChange });
    expect(await begin.run(cluster, tools)).toEqual({ changed: false });
    expect([cluster.begun, cluster.changing, told]).toEqual([true, false, 0]);
    cluster.beginChange();
    cluster.beginChange();
    expect([cluster.changing, told]).toEqual([true, 1]);
  });

  test('nobody need listen', () => {
    const { cluster } = fakeCluster();
    cluster.beginChange();
    expect(cluster.changing).toBe(true);
  });
});

describe('downloads of a run that ended before the line', () => {
  test('are taken off every host', async () => {
    const { cluster, runners } = fakeCluster();
    for (const runner of runners) runner.on('sh -c', '');
    expect(await unstage.run(cluster, tools)).toEqual({ changed: false });
    for (const { lines } of runners) {
      expect(lines).toEqual([expect.stringContaining('rm -rf /var/lib/k8s-bootstrap/artifacts')]);
    }
  });

  test('that crossed it are left to the installation', async () => {
    const { cluster, runners } = fakeCluster();
    cluster.begun = true;
    await unstage.run(cluster, tools);
    expect(runners.flatMap(({ calls }) => calls)).toEqual([]);
  });

  test('a host that does not answer keeps nobody', async () => {
    const { cluster, runners } = fakeCluster();
    runners[0]?.on('sh -c', { exitCode: 1 });
    for (const runner of runners.slice(1)) runner.on('sh -c', '');
    expect(await unstage.run(cluster, tools)).toEqual({ changed: false });
    expect(runners[2]?.calls).toHaveLength(1);
  });

  test('hosts that another run holds are not touched: those downloads are its', async () => {
    const { cluster: known } = fakeCluster();
    const { spec, cni, events, clock, redactor, connect } = known;
    const cluster = new Cluster({ spec, cni, events, clock, redactor, connect });
    const runners = cluster.hosts.map((host) => {
      const runner = new FakeRunner([['sh -c', '']]);
      host.attach(runner);
      return runner;
    });
    cluster.hosts[1]?.learn(fakeFacts(1));
    await unstage.run(cluster, tools);
    expect(runners.map(({ calls }) => calls.length)).toEqual([0, 1, 0]);
  });
});
