import { expect, test } from '@jest/globals';
import { movablePods } from '../../src/kube/pods.ts';
import { fakeCluster } from '../helpers/cluster.ts';
import { quiet } from '../helpers/failure.ts';

const deletionTimestamp = '2026-11-25T03:00:00Z';
const replicaSet = [{ controller: true }];

test.each([
  ['runs', {}, {}, 'Running', [false]],
  ['has a controller', { ownerReferences: replicaSet }, {}, 'Running', [true]],
  ['has ended', { ownerReferences: replicaSet }, {}, 'Succeeded', []],
  ['is being deleted', { deletionTimestamp }, {}, 'Running', [true]],
  ['has ended while it is being deleted', { deletionTimestamp }, {}, 'Succeeded', [true]],
  ['has the host’s network', { deletionTimestamp }, { hostNetwork: true }, 'Running', []],
  ['has no node yet', {}, { nodeName: undefined }, 'Pending', []],
])('a pod that %s', async (_what, metadata, spec, phase, expected) => {
  const { cluster, runner } = fakeCluster();
  const pod = {
    metadata: { name: 'p', namespace: 'n', ...metadata },
    spec: { nodeName: 'host-1', ...spec },
    status: { phase },
  };
  runner.on(/ get pods --all-namespaces /, JSON.stringify({ items: [pod] }));
  const pods = await movablePods(cluster.kubectl, quiet);
  expect(pods).toEqual(expected.map((controlled) => ({ namespace: 'n', name: 'p', controlled })));
});
