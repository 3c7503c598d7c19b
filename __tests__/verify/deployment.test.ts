import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../../src/kube/objects.ts';
import { deployProbes, probeObjects, removeProbes } from '../../src/verify/deployment.ts';
import { fakeCluster, fakeSpec } from '../helpers/cluster.ts';
import { quiet } from '../helpers/failure.ts';

const options = { signal: quiet };

async function deployed(phase: string) {
  const { cluster, spec, runner } = fakeCluster();
  runner
    .on(/ apply /, '')
    .on(/ wait namespace/, { exitCode: 1 })
    .on(/ get namespace /, phase);
  await deployProbes(cluster.kubectl, spec, options);
  return runner;
}
const deploymentOf = (objects: readonly KubeObject[]) => objects.find(({ kind }) => kind === 'Deployment');

describe('deployProbes', () => {
  test('waits for an earlier run’s namespace to be gone, and only then', async () => {
    const runner = await deployed('Terminating');
    expect(runner.lines.map((line) => / (get|wait|apply) /.exec(line)?.[1])).toEqual([
      'get',
      'wait',
      'apply',
    ]);
    expect((await deployed('Active')).calls).toHaveLength(2);
  });
});

describe('probeObjects', () => {
  const objects = probeObjects(fakeSpec());

  test('everything is in a namespace of its own', () => {
    expect(objects.map(({ kind }) => kind)).toEqual(['Namespace', 'ConfigMap', 'Service', 'Deployment']);
    for (const { kind, metadata } of objects.slice(1)) {
      expect({ kind, namespace: metadata.namespace }).toEqual({ kind, namespace: 'k8s-bootstrap-verify' });
    }
  });

  test('no two pods on one node, on control planes too, of the spec’s images', () => {
    const { template } = deploymentOf(objects)?.['spec'] as { template: { spec: Record<string, unknown> } };
    expect(template.spec).toMatchObject({
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname' }],
        },
      },
      tolerations: [{ key: 'node-role.kubernetes.io/control-plane' }],
      automountServiceAccountToken: false,
      containers: [{ image: 'docker.io/library/nginx:1' }, { image: 'docker.io/library/busybox:1' }],
    });
  });
});

test('removeProbes deletes the namespace without waiting', async () => {
  const { cluster, runner } = fakeCluster();
  runner.on(/ delete namespace k8s-bootstrap-verify /, '');
  await removeProbes(cluster.kubectl, options);
  expect(runner.lines[0]).toMatch(/--ignore-not-found --wait=false$/);
});
