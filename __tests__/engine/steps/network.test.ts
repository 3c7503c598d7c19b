import { describe, expect, test } from '@jest/globals';
import { calico } from '../../../src/cni/calico.ts';
import { deployVerification, installCni, ready } from '../../../src/engine/steps/network.ts';
import { calicoObjects, operatorObjects } from '../../helpers/calico-manifest.ts';
import { fakeCluster, fakeContext, fakeHost } from '../../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../../helpers/failure.ts';
import { flannelObjects } from '../../helpers/flannel-manifest.ts';
import { items, podObject } from '../../helpers/verify-context.ts';

function setUp() {
  const hosts = [fakeHost(0, true), { ...fakeHost(1, false), labels: { disk: 'ssd', zone: 'a' } }];
  const at = fakeCluster({ with: { hosts } });
  at.cluster.cniObjects = flannelObjects;
  at.cluster.cniVersion = '0.28.9';
  at.runner.on('/usr/local/bin/kubectl', '');
  const lines: string[] = [];
  const tools = { signal: quiet, log: (line: string) => lines.push(line) };
  return { ...at, lines, tools };
}
const commands = (lines: readonly string[]) =>
  lines.map((line) => / (apply|diff|wait|rollout|label|get) /.exec(line)?.[1]);

describe('install-cni', () => {
  test('applies to a fresh cluster without asking', async () => {
    const { cluster, tools, runner } = setUp();
    cluster.fresh = true;
    expect(await installCni.run(cluster, tools)).toEqual({ changed: true, note: 'Flannel 0.28.9' });
    expect(commands(runner.lines)).toEqual(['apply', 'apply']);
    // What is there to be removed is remembered before it is there.
    expect(runner.calls[0]?.options.input).toMatch(/name: k8s-bootstrap\n[^]*"cni":"flannel"[^]*"DaemonSet"/);
    expect(runner.calls[1]?.options.input).toContain('kube-flannel-ds');
  });

  test('leaves a CNI that is as it should be alone, and mends another', async () => {
    const { cluster, tools, runner } = setUp();
    expect(await installCni.run(cluster, tools)).toEqual({ changed: false, note: 'Flannel 0.28.9' });
    expect(commands(runner.lines)).toEqual(['diff']);
    runner.on(/ diff /, { exitCode: 1 });
    expect(await installCni.run(cluster, tools)).toMatchObject({ changed: true });
    expect(commands(runner.lines)).toEqual(['diff', 'diff', 'apply', 'apply']);
  });

  test('kinds that the CNI defines are there before objects of them', async () => {
    const { cluster, tools, runner } = setUp();
    cluster.fresh = true;
    cluster.cniObjects = calico.render(calicoObjects, fakeContext(cluster.spec, '3.32.1'));
    await installCni.run(cluster, tools);
    expect(commands(runner.lines)).toEqual(['apply', 'apply', 'wait', 'apply']);
  });

  test('says what it would do', () => {
    const { cluster } = setUp();
    expect(installCni.describe?.(cluster)).toEqual(['apply 2 objects of Flannel 0.28.9']);
    expect(deployVerification.describe?.(cluster)).toEqual(['apply nginx for 2 or more nodes']);
  });
});

describe('ready', () => {
  test('waits for all nodes, then for the CNI, then labels', async () => {
    const { cluster, tools, runner, lines } = setUp();
    expect(await ready.run(cluster, tools)).toEqual({ changed: false });
    expect(commands(runner.lines)).toEqual(['wait', 'wait', 'rollout', 'label']);
    expect(runner.lines[0]).toMatch(/wait node\/host-1 node\/host-2 --for=create --timeout=60s$/);
    expect(runner.lines[1]).toMatch(/wait node\/host-1 node\/host-2 --for=condition=Ready --timeout=\d+s$/);
    expect(runner.lines[2]).toMatch(
      /-n kube-flannel rollout status daemonset\/kube-flannel-ds --timeout=\d+s$/,
    );
    expect(runner.lines[3]).toMatch(/label --overwrite node host-2 disk=ssd zone=a$/);
    expect(lines).toEqual(['all nodes are Ready', 'DaemonSet kube-flannel/kube-flannel-ds is rolled out']);
  });

  describe('with workloads that others make', () => {
    const setUpOperator = () => {
      const hosts = [fakeHost(0, true)];
      const cni = {
        name: 'calico',
        version: 'default',
        podCIDR: '10.42.0.0/16',
        options: { install: 'operator' },
      };
      const at = fakeCluster({ with: { hosts, cni } });
      at.cluster.cniObjects = calico.render(operatorObjects, fakeContext(at.cluster.spec, '3.32.1'));
      at.runner.on('/usr/local/bin/kubectl', '');
      return { ...at, tools: { signal: quiet, log: () => undefined } };
    };

    test('waits for each to be there first, and only for those', async () => {
      const { cluster, tools, runner } = setUpOperator();
      await ready.run(cluster, tools);
      const [, , ...lines] = runner.lines.map((line) => / -n (.+) --timeout=\d+s$/.exec(line)?.[1]);
      expect(lines).toEqual([
        'tigera-operator rollout status deployment/tigera-operator',
        'calico-system wait deployment/calico-typha --for=create',
        'calico-system rollout status deployment/calico-typha',
        'calico-system wait daemonset/calico-node --for=create',
        'calico-system rollout status daemonset/calico-node',
        'calico-system wait deployment/calico-kube-controllers --for=create',
        'calico-system rollout status deployment/calico-kube-controllers',
      ]);
    });

    test('one that is never made is E_CNI, with what the maker’s pods say', async () => {
      const { cluster, tools, runner } = setUpOperator();
      runner
        .on(/ wait deployment\/calico-typha /, { exitCode: 1 })
        .on(/ get -n calico-system pods /, items([]))
        .on(/ get -n tigera-operator pods /, items([podObject('n1', false)]));
      expect(await bootstrapFailure(ready.run(cluster, tools))).toMatchObject({
        code: 'E_CNI',
        message:
          'Calico has made no deployment/calico-typha in calico-system: nginx-n1 on n1: nginx not ready',
      });
    });
  });

  const READINESS = / wait node\/.* --for=condition=Ready /;

  test('a node that never appears is E_NODES, and its readiness is not waited for', async () => {
    const { cluster, tools, runner } = setUp();
    const status = { conditions: [{ type: 'Ready', status: 'True' }] };
    runner
      .on(/ --for=create /, { exitCode: 1 })
      .on(/ get nodes /, items([{ metadata: { name: 'host-1' }, status }]));
    expect(await bootstrapFailure(ready.run(cluster, tools))).toMatchObject({
      code: 'E_NODES',
      message: 'nodes are not Ready: host-2: its kubelet has not registered it',
    });
    expect(commands(runner.lines)).toEqual(['wait', 'get']);
  });

  const nodes = (message: string) =>
    items([
      { metadata: { name: 'host-1' }, status: { conditions: [{ type: 'Ready', status: 'True' }] } },
      { metadata: { name: 'host-2' }, status: { conditions: [{ type: 'Ready', status: 'False', message }] } },
    ]);

  test('nodes that are not Ready are E_NODES, with why', async () => {
    const { cluster, tools, runner } = setUp();
    runner.on(READINESS, { exitCode: 1 }).on(/ get nodes /, nodes('disk is full'));
    expect(await bootstrapFailure(ready.run(cluster, tools))).toMatchObject({
      code: 'E_NODES',
      message: 'nodes are not Ready: host-2: disk is full',
    });
  });

  test('for want of a network they are E_CNI, with what the pods say, else the nodes', async () => {
    const { cluster, tools, runner } = setUp();
    const without = 'container runtime network not ready: cni plugin not initialized';
    runner
      .on(READINESS, { exitCode: 1 })
      .on(/ get nodes /, nodes(without))
      .on(/ get -n kube-flannel pods /, items([podObject('n1', false)]));
    expect(await bootstrapFailure(ready.run(cluster, tools))).toMatchObject({
      code: 'E_CNI',
      message: 'Flannel did not come up: nginx-n1 on n1: nginx not ready',
      hint: expect.stringContaining('kubectl -n kube-flannel'),
    });
    runner.on(/ get -n kube-flannel pods /, items([]));
    expect((await bootstrapFailure(ready.run(cluster, tools))).message).toBe(
      `Flannel did not come up: host-2: ${without}`,
    );
  });

  test('a CNI that is not rolled out is E_CNI, and nothing is labelled', async () => {
    const { cluster, tools, runner } = setUp();
    runner.on(/ rollout /, { exitCode: 1 }).on(/ get -n kube-flannel pods /, items([]));
    expect(await bootstrapFailure(ready.run(cluster, tools))).toMatchObject({
      code: 'E_CNI',
      message: 'Flannel is not rolled out: its pods give no reason',
    });
    expect(runner.lines.some((line) => line.includes(' label '))).toBe(false);
  });

  test('its agents are asked how they are, on every node, and may say so at length', async () => {
    const { cluster, tools, runner, lines } = setUp();
    runner
      .on(/ rollout /, { exitCode: 1 })
      .on(/ get -n kube-flannel pods /, items([]))
      .on(/ get pods --all-namespaces -l app=flannel /, items([podObject('a'), podObject('b')]))
      .on(/ exec nginx-a /, 'FLANNEL_MTU=1450\n'.repeat(100))
      .on(/ exec nginx-b /, { exitCode: 1, stderr: 'no such file' });
    await bootstrapFailure(ready.run(cluster, tools));
    const asked = 'cat /run/flannel/subnet.env';
    const said = lines.slice(lines.indexOf(`[a] ${asked}`));
    expect(said.filter((line) => line === 'FLANNEL_MTU=1450')).toHaveLength(40);
    expect(said.slice(-2)).toEqual([`[b] ${asked}`, 'no such file']);
  });

  test('when even the reasons cannot be read, the failure stays what it is', async () => {
    const { cluster, tools, runner } = setUp();
    runner.on(/ get /, { exitCode: 1, stderr: 'connection refused' }).on(READINESS, { exitCode: 1 });
    expect(await bootstrapFailure(ready.run(cluster, tools))).toMatchObject({ code: 'E_NODES' });
    runner.on(READINESS, '').on(/ rollout /, { exitCode: 1 });
    expect(await bootstrapFailure(ready.run(cluster, tools))).toMatchObject({ code: 'E_CNI' });
  });
});
