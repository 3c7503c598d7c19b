import { expect, test } from '@jest/globals';
import { deleteCustomResources, deleteObjects } from '../../src/kube/delete.ts';
import { parseManifest } from '../../src/kube/objects.ts';
import { fakeCluster } from '../helpers/cluster.ts';
import { quiet } from '../helpers/failure.ts';

const ref = (kind: string, name: string) => ({ apiVersion: 'v1', kind, name });

test('what was applied last goes first, then the definitions, then the namespaces', async () => {
  const { cluster, runner } = fakeCluster();
  runner.on(/ delete .*-f -$/, '');
  const kinds = ['Namespace', 'CustomResourceDefinition', 'ServiceAccount', 'DaemonSet'];
  const refs = kinds.map((kind) => ref(kind, 'net'));
  await deleteObjects(cluster.kubectl, refs, quiet);
  const deleted = runner.calls.map(({ options }) => parseManifest(String(options.input), 'stdin'));
  expect(deleted.map((objects) => objects.map(({ kind }) => kind))).toEqual([
    ['DaemonSet', 'ServiceAccount'],
    ['CustomResourceDefinition'],
    ['Namespace'],
  ]);
});

test('only definitions of the groups go, and none where there are no groups', async () => {
  const { cluster, runner } = fakeCluster();
  const crd = 'customresourcedefinition.apiextensions.k8s.io';
  const names = ['a.cilium.io', 'b.other.io', 'c.notcilium.io'].map((name) => `${crd}/${name}`);
  runner.on(/ get crd -o name$/, names.join('\n')).on(/ delete /, '');
  await deleteCustomResources(cluster.kubectl, [], quiet);
  expect(runner.calls).toEqual([]);
  await deleteCustomResources(cluster.kubectl, ['cilium.io'], quiet);
  expect(runner.lines.at(-1)).toMatch(/--timeout=120s \S+\/a\.cilium\.io$/);
});
