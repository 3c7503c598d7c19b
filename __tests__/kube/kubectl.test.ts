import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../../src/kube/objects.ts';
import { readNodes } from '../../src/kube/nodes.ts';
import { fakeCluster } from '../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../helpers/failure.ts';

const objects: KubeObject[] = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } }];

describe('Kubectl', () => {
  test('runs as root on the control plane with its admin.conf, its cache where a reset takes it away', async () => {
    const { cluster, runner, runners } = fakeCluster();
    runner.on('/usr/local/bin/kubectl', 'out');
    expect(await cluster.kubectl.run(['version'], { signal: quiet })).toMatchObject({ stdout: 'out' });
    expect(runner.lines).toEqual([
      '/usr/local/bin/kubectl --kubeconfig=/etc/kubernetes/admin.conf --cache-dir=/run/k8s-bootstrap/kubectl-cache version',
    ]);
    expect(runner.calls[0]?.options).toMatchObject({ sudo: true, signal: quiet });
    expect(runners[1]?.calls).toEqual([]);
  });

  test('applies server-side, the manifest on stdin', async () => {
    const { cluster, runner } = fakeCluster();
    runner.on(/ apply --server-side .*-f -$/, '');
    await cluster.kubectl.apply(objects);
    expect(runner.calls[0]?.options.input).toBe('apiVersion: v1\nkind: Namespace\nmetadata:\n  name: x\n');
  });

  test.each([
    [0, true],
    [1, false],
    [2, false],
  ])('diff with exit code %i: matches is %s', async (exitCode, matches) => {
    const { cluster, runner } = fakeCluster();
    runner.on(/ diff --server-side /, { exitCode });
    expect(await cluster.kubectl.matches(objects)).toBe(matches);
  });

  test('get parses JSON, and a failure says why', async () => {
    const { cluster, runner } = fakeCluster();
    runner.on(/ get pods -o json$/, '{"items":[1]}').on(/ get nodes /, { exitCode: 1, stderr: 'refused' });
    expect(await cluster.kubectl.get(['pods'])).toEqual({ items: [1] });
    expect(await bootstrapFailure(cluster.kubectl.get(['nodes']))).toMatchObject({
      code: 'E_COMMAND',
      message: expect.stringContaining('refused'),
    });
  });
});

test('readNodes: control planes first, each with the address it came from', async () => {
  const { cluster, runner } = fakeCluster({ hosts: 2 });
  const nodeInfo = {
    kubeletVersion: 'v1.36.3',
    containerRuntimeVersion: 'containerd://2.3.4',
    osImage: 'Debian \u001b[31m12',
    kernelVersion: '6.1.0',
    architecture: 'amd64',
  };
  const conditions = [{ type: 'Ready', status: 'True' }];
  const addresses = [
    { type: 'Hostname', address: 'host-1' },
    { type: 'InternalIP', address: '192.168.0.1' },
    { type: 'InternalIP', address: 'fd89::1' },
  ];
  const labels = { 'node-role.kubernetes.io/control-plane': '' };
  const items = [
    { metadata: { name: 'a-stranger' }, spec: {}, status: { nodeInfo } },
    {
      metadata: { name: 'host-1', labels },
      spec: { podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24', 'fd00::/64'] },
      status: { conditions, addresses, nodeInfo },
    },
  ];
  runner.on(/ get nodes -o json$/, JSON.stringify({ items }));
  const common = {
    kubeletVersion: '1.36.3',
    containerRuntime: 'containerd://2.3.4',
    osImage: 'Debian 12',
    kernelVersion: '6.1.0',
    architecture: 'amd64',
  };
  expect(await readNodes(cluster.kubectl, cluster.hosts, quiet)).toEqual([
    {
      ...common,
      name: 'host-1',
      role: 'control-plane',
      ready: true,
      address: '10.0.0.1',
      internalIP: '192.168.0.1',
      internalIPs: ['192.168.0.1', 'fd89::1'],
      podCIDR: '10.244.0.0/24',
      podCIDRs: ['10.244.0.0/24', 'fd00::/64'],
    },
    {
      ...common,
      name: 'a-stranger',
      role: 'worker',
      ready: false,
      address: '',
      internalIP: '',
      internalIPs: [],
      podCIDR: '',
      podCIDRs: [],
    },
  ]);
});
