import { describe, expect, test } from '@jest/globals';
import { buildGraph } from '../../src/engine/graph.ts';
import type { Step } from '../../src/engine/step.ts';
import { fakeCluster } from '../helpers/cluster.ts';

const nothing = () => Promise.resolve(undefined);
const step = (id: string, scope: Step['scope'], needs: string[] = []): Step => ({
  id,
  title: id,
  scope,
  needs,
  run: nothing,
});

describe('buildGraph', () => {
  const { cluster } = fakeCluster({ hosts: 3 });

  test('a per-host step waits for its own host where it can, else for all', () => {
    const graph = buildGraph(
      [
        step('prepare', 'hosts'),
        step('init', 'first', ['prepare']),
        step('join', 'others', ['prepare', 'init']),
      ],
      cluster,
    );
    const needs = Object.fromEntries(graph.map(({ info }) => [info.key, info.needs]));
    expect(needs).toEqual({
      'prepare@10.0.0.1': [],
      'prepare@10.0.0.2': [],
      'prepare@10.0.0.3': [],
      'init@10.0.0.1': ['prepare@10.0.0.1'],
      'join@10.0.0.2': ['prepare@10.0.0.2', 'init@10.0.0.1'],
      'join@10.0.0.3': ['prepare@10.0.0.3', 'init@10.0.0.1'],
    });
  });

  test('a cluster step waits for all instances, and unknown needs are none', () => {
    const graph = buildGraph(
      [step('facts', 'hosts'), step('check', 'cluster', ['facts', 'elsewhere'])],
      cluster,
    );
    expect(graph.at(-1)?.info).toEqual({
      key: 'check',
      id: 'check',
      title: 'check',
      needs: ['facts@10.0.0.1', 'facts@10.0.0.2', 'facts@10.0.0.3'],
    });
  });

  test('a cycle is a defect', () => {
    expect(() => buildGraph([step('a', 'cluster', ['b']), step('b', 'cluster', ['a'])], cluster)).toThrow(
      'steps wait for each other: a, b',
    );
  });
});
