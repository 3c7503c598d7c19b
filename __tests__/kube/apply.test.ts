import { describe, expect, test } from '@jest/globals';
import { applyInOrder } from '../../src/kube/apply.ts';
import { parseManifest, type KubeObject } from '../../src/kube/objects.ts';
import { fakeCluster } from '../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../helpers/failure.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

const object = (apiVersion: string, kind: string, name: string): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name },
});
const definition = (group: string, kind: string): KubeObject => ({
  ...object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', `${kind.toLowerCase()}s.${group}`),
  spec: { group, names: { kind } },
});

const pools = definition('crd.example', 'Pool');
const others = definition('crd.example', 'Other');
const pool = object('crd.example/v1', 'Pool', 'p');
const deployment = object('apps/v1', 'Deployment', 'd');

function setUp() {
  const { cluster, runner } = fakeCluster();
  runner.on('/usr/local/bin/kubectl', '');
  const clock = new FakeClock();
  const apply = (objects: readonly KubeObject[]) =>
    applyInOrder(cluster.kubectl, objects, { signal: quiet, clock });
  /** What each apply was given, by name, and the other commands. */
  const done = () =>
    runner.calls.map(({ line, options }) =>
      line.includes(' apply ')
        ? parseManifest(String(options.input), 'stdin').map(({ metadata }) => metadata.name)
        : line.slice(line.indexOf(' wait ') + 1),
    );
  return { apply, done, runner };
}

describe('applyInOrder', () => {
  test('definitions go first, are waited for as far as they are used, then the rest follows in its order', async () => {
    const { apply, done } = setUp();
    await apply([deployment, pools, pool, others]);
    expect(done()).toEqual([
      ['pools.crd.example', 'others.crd.example'],
      'wait crd/pools.crd.example --for=condition=Established --timeout=60s',
      ['d', 'p'],
    ]);
  });

  test.each([
    ['no definitions', [pool, deployment]],
    ['definitions of other kinds', [others, pool, deployment]],
    ['definitions of a kind of that name in another group', [definition('else', 'Pool'), pool]],
  ])('with %s everything goes at once', async (_name, objects) => {
    const { apply, done } = setUp();
    await apply(objects);
    expect(done()).toEqual([objects.map(({ metadata }) => metadata.name)]);
  });

  const unserved = { exitCode: 1, stderr: 'error: no matches for kind "Pool" in version "crd.example/v1"\n' };

  test('a kind that the API server does not serve yet is tried again', async () => {
    const { apply, done, runner } = setUp();
    const answers = [unserved, unserved, ''];
    runner.on(/ apply /, (_argv, { input }) =>
      String(input).includes('kind: Pool\nmetadata') ? (answers.shift() ?? '') : '',
    );
    await apply([pools, pool]);
    expect(done().slice(2)).toEqual([['p'], ['p'], ['p']]);
  });

  test('any other refusal is none to wait for', async () => {
    const { apply, done, runner } = setUp();
    runner.on(/ apply /, (_argv, { input }) =>
      String(input).includes('kind: Pool\nmetadata') ? { exitCode: 1, stderr: 'is invalid' } : '',
    );
    expect(await bootstrapFailure(apply([pools, pool]))).toMatchObject({
      code: 'E_COMMAND',
      message: expect.stringContaining('is invalid'),
    });
    expect(done()).toHaveLength(3);
  });
});
