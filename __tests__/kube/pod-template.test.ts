import { describe, expect, test } from '@jest/globals';
import { withContainer, withEnv, withFlags, withImageTag, withPodSpec } from '../../src/kube/pod-template.ts';

const pod = {
  hostNetwork: true,
  initContainers: [{ name: 'install', image: 'docker.io/x/y' }],
  containers: [
    { name: 'main', image: 'localhost:5000/x:latest', imagePullPolicy: 'Always' },
    { name: 'side', image: 'z:1' },
  ],
};

test('a controller keeps all but its pod spec', () => {
  const controller = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'x' },
    spec: { selector: {}, template: { metadata: { labels: {} }, spec: pod } },
  };
  expect(withPodSpec(controller, ({ containers }) => ({ containers }))).toEqual({
    ...controller,
    spec: { selector: {}, template: { metadata: { labels: {} }, spec: { containers: pod.containers } } },
  });
});

test.each(['install', 'main'])('the container %s alone is changed', (name) => {
  const changed = withContainer(pod, name, (container) => ({ ...container, image: 'changed' }));
  const images = [...(changed.initContainers ?? []), ...changed.containers].map((one) => [
    one.name,
    one.image,
  ]);
  expect(images.filter(([, image]) => image === 'changed')).toEqual([[name, 'changed']]);
  expect(changed['hostNetwork']).toBe(true);
});

test('all images get the tag, whichever they had, and are not pulled where they are', () => {
  const { containers, initContainers = [] } = withImageTag(pod, 'v2');
  expect(
    [...initContainers, ...containers].map(({ image, imagePullPolicy }) => [image, imagePullPolicy]),
  ).toEqual([
    ['docker.io/x/y:v2', 'IfNotPresent'],
    ['localhost:5000/x:v2', 'IfNotPresent'],
    ['z:v2', 'IfNotPresent'],
  ]);
  expect(withImageTag({ containers: [] }, 'v2')).toEqual({ containers: [] });
});

describe('variables and flags', () => {
  test.each([[undefined], [null], [[{ name: 'A', value: 'old' }]]])('A of %j is replaced', (env) => {
    const container = { name: 'x', ...(env === undefined ? {} : { env }) };
    expect(withEnv(container, [{ name: 'A', value: '1' }]).env).toEqual([{ name: 'A', value: '1' }]);
  });

  test('flags replace those of the same name only', () => {
    const container = { name: 'x', args: ['--run=true', '--run-more=true', '--v'] };
    expect(withFlags(container, { '--run': 'false', '--new': '1' }).args).toEqual([
      '--run-more=true',
      '--v',
      '--run=false',
      '--new=1',
    ]);
    expect(withFlags({ name: 'x', args: null }, { '--a': 'b' }).args).toEqual(['--a=b']);
  });
});
