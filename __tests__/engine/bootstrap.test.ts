import { describe, expect, test } from '@jest/globals';
import {
  bootstrapSteps,
  kubeconfigSteps,
  nodesSteps,
  planSteps,
  verifySteps,
} from '../../src/engine/bootstrap.ts';
import { buildGraph } from '../../src/engine/graph.ts';
import type { Step } from '../../src/engine/step.ts';
import { fakeCluster } from '../helpers/cluster.ts';

const up = bootstrapSteps({ provider: 'ssh', kubeconfigPath: '/k' });
const inDocker = bootstrapSteps({ provider: 'kind', kubeconfigPath: '/k' });
const ids = (steps: readonly Step[]): readonly string[] => steps.map(({ id }) => id);

/** Ids of all steps that end before the step begins, in every run. */
function before(steps: readonly Step[], id: string): ReadonlySet<string> {
  const { cluster } = fakeCluster();
  const graph = new Map(buildGraph(steps, cluster).map(({ info }) => [info.key, info]));
  const found = new Set<string>();
  const visit = (key: string): void => {
    for (const need of graph.get(key)?.needs ?? []) {
      found.add(need);
      visit(need);
    }
  };
  for (const info of graph.values()) if (info.id === id) visit(info.key);
  return found;
}

describe('the steps of a bootstrap', () => {
  test.each(['ssh', 'kind'] as const)(
    'each need is a step of it, or of a graph that shares it: %s',
    (provider) => {
      const steps = bootstrapSteps({ provider, kubeconfigPath: '/k' });
      const shared = new Set([
        ...ids(steps),
        ...ids(verifySteps(provider)),
        ...ids(kubeconfigSteps(provider, '/k')),
      ]);
      for (const { id, needs } of steps)
        expect({ id, unknown: needs.filter((need) => !shared.has(need)) }).toEqual({
          id,
          unknown: [],
        });
    },
  );

  test.each(['install', 'images', 'init', 'join', 'install-cni', 'deploy-nginx'])(
    '%s waits for preflight, and for every host to be looked at and supplied',
    (id) => {
      const hosts = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
      const all = ['lock', 'facts', 'fetch'].flatMap((step) => hosts.map((host) => `${step}@${host}`));
      expect([...before(up, id)]).toEqual(expect.arrayContaining(['preflight', 'begin', ...all]));
    },
  );

  test('verification waits for all nodes and the network; nginx is on its way meanwhile', () => {
    expect([...before(up, 'verify')]).toEqual(
      expect.arrayContaining(['join@10.0.0.2', 'join@10.0.0.3', 'install-cni', 'ready', 'deploy-nginx']),
    );
    expect(before(up, 'deploy-nginx').has('ready')).toBe(false);
    expect(before(up, 'deploy-nginx').has('join@10.0.0.2')).toBe(false);
  });

  test('the kubeconfig waits for the control plane alone', () => {
    const needed = before(up, 'kubeconfig');
    expect(needed.has('init@10.0.0.1')).toBe(true);
    expect(needed.has('join@10.0.0.2')).toBe(false);
  });

  test('what is given back is given back always', () => {
    expect(up.filter(({ always }) => always).map(({ id }) => id)).toEqual(['unstage', 'revoke']);
  });
});

describe('with provider kind', () => {
  test('all that follows the nodes is the same', () => {
    const tail = (steps: readonly Step[]): readonly Step[] =>
      steps.slice(steps.findIndex(({ id }) => id === 'install-cni'));
    expect(tail(inDocker)).toHaveLength(9);
    expect(tail(inDocker).map(({ id, needs }) => ({ id, needs }))).toEqual(
      tail(up).map(({ id, needs }) => ({ id, needs })),
    );
  });

  test.each(['create', 'install', 'images', 'init', 'join', 'install-cni'])(
    '%s waits for preflight',
    (id) => {
      expect([...before(inDocker, id)]).toEqual(
        expect.arrayContaining(['docker', 'preflight', 'fetch', 'begin']),
      );
    },
  );

  test('the network is applied while kind still joins nodes, and verified when it is done', () => {
    expect(before(inDocker, 'install-cni').has('join')).toBe(false);
    expect([...before(inDocker, 'verify')]).toEqual(expect.arrayContaining(['join', 'install-cni', 'ready']));
  });
});

test('commands that only look have no step that changes a host', () => {
  expect(ids(planSteps('ssh'))).toEqual(['connect', 'lock', 'facts', 'resolve', 'preflight']);
  expect(ids(planSteps('kind'))).toEqual(['docker', 'resolve', 'preflight']);
  expect(ids(nodesSteps('ssh'))).toEqual(['connect', 'lock', 'facts', 'locate', 'collect']);
  expect(ids(nodesSteps('kind'))).toEqual(['docker', 'present', 'connect', 'facts', 'locate', 'collect']);
  expect(ids(kubeconfigSteps('ssh', '/k'))).toEqual(['connect', 'lock', 'facts', 'locate', 'kubeconfig']);
  const changing = ['fetch', 'begin', 'create', 'install', 'images', 'init', 'join', 'install-cni', 'reset'];
  for (const provider of ['ssh', 'kind'] as const) {
    expect(ids(verifySteps(provider)).filter((id) => changing.includes(id))).toEqual([]);
  }
});
