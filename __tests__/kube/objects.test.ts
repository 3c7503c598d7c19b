import { describe, expect, test } from '@jest/globals';
import {
  imagesOf,
  normalizeImage,
  parseManifest,
  renderManifest,
  workloadsOf,
  type KubeObject,
} from '../../src/kube/objects.ts';
import { bootstrapFailure } from '../helpers/failure.ts';

const named = (kind: string, name: string, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name },
  ...more,
});
const failure = (text: string) => bootstrapFailure(() => parseManifest(text, 'cni.yaml'));

describe('parseManifest', () => {
  test('documents in order, empty ones dropped, lists flattened', () => {
    const list = { apiVersion: 'v1', kind: 'List', items: [named('B', 'b'), named('C', 'c')] };
    const text = `---\n# nothing\n---\n${renderManifest([named('A', 'a')])}---\n${JSON.stringify(list)}\n---\n`;
    expect(parseManifest(text, 'x').map(({ kind }) => kind)).toEqual(['A', 'B', 'C']);
  });

  test('nothing at all is no object', () => {
    expect(parseManifest('', 'x')).toEqual([]);
  });

  test.each([
    ['YAML that is broken', 'a: [', 'cni.yaml is not valid YAML'],
    ['text', 'hello', 'cni.yaml holds something that is no Kubernetes object'],
    ['an error page', '<html>404</html>', 'no Kubernetes object'],
    ['an object without a kind', 'apiVersion: v1', 'no Kubernetes object'],
    ['an object without a name', 'apiVersion: v1\nkind: ConfigMap', 'no Kubernetes object'],
    ['a wrong item of a list', 'apiVersion: v1\nkind: List\nitems: [1]', 'no Kubernetes object'],
  ])('refuses %s', async (_name, text, message) => {
    expect(await failure(text)).toMatchObject({ code: 'E_CNI', message: expect.stringContaining(message) });
  });

  test('comes back from renderManifest the same', () => {
    const shared = { x: 'y' };
    const objects = [named('A', 'a', { one: shared, two: shared }), named('B', 'b', { text: 'a\n---\nb' })];
    expect(parseManifest(renderManifest(objects), 'x')).toEqual(objects);
    expect(renderManifest(objects)).not.toContain('*');
  });
});

test('imagesOf finds the images of all containers at any depth, once each', () => {
  const spec = {
    initContainers: [{ image: 'a' }, { image: 'b' }],
    containers: [{ image: 'b' }, { name: 'without' }],
    ephemeralContainers: [{ image: 'c' }],
    image: 'not-a-container',
  };
  const objects = [
    named('Pod', 'p', { spec }),
    named('CronJob', 'j', {
      spec: { jobTemplate: { spec: { template: { spec: { containers: [{ image: 'd' }] } } } } },
    }),
  ];
  expect(imagesOf(objects)).toEqual(['a', 'b', 'c', 'd']);
});

test('workloadsOf: what rolls out, with its namespace', () => {
  const inSystem = { metadata: { name: 'a', namespace: 'kube-system' } };
  expect(
    workloadsOf([
      named('DaemonSet', 'a', inSystem),
      named('Deployment', 'b'),
      named('StatefulSet', 'c'),
      named('Job', 'd'),
    ]),
  ).toEqual([
    { kind: 'DaemonSet', namespace: 'kube-system', name: 'a' },
    { kind: 'Deployment', namespace: 'default', name: 'b' },
    { kind: 'StatefulSet', namespace: 'default', name: 'c' },
  ]);
});

test.each([
  ['nginx', 'docker.io/library/nginx:latest'],
  ['nginx:1.29', 'docker.io/library/nginx:1.29'],
  ['flannel/flannel:v1', 'docker.io/flannel/flannel:v1'],
  ['ghcr.io/flannel-io/flannel', 'ghcr.io/flannel-io/flannel:latest'],
  ['localhost/x', 'localhost/x:latest'],
  ['registry:5000/x', 'registry:5000/x:latest'],
  [`nginx@sha256:${'0'.repeat(64)}`, `docker.io/library/nginx@sha256:${'0'.repeat(64)}`],
])('normalizeImage(%s)', (image, full) => {
  expect(normalizeImage(image)).toBe(full);
});
