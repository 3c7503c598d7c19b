import { describe, expect, test } from '@jest/globals';
import { parseState, writeState, type HostState } from '../../src/host/state.ts';
import { fakeCluster } from '../helpers/cluster.ts';
import { quiet } from '../helpers/failure.ts';
import { hostState } from '../helpers/host-state.ts';

const text = (changes: object): string => JSON.stringify({ ...hostState(), ...changes });

describe('parseState', () => {
  test('no file is no state, and a good one comes back', () => {
    expect(parseState(undefined)).toBeUndefined();
    expect(parseState(text({}))).toEqual(hostState());
  });

  test.each([
    ['no JSON', '{'],
    ['null', 'null'],
    ['a newer version’s', text({ schemaVersion: 2 })],
    ['without a baseline', text({ before: undefined })],
    ['without a cluster', text({ cluster: 7 })],
    ['of an unknown phase', text({ phase: 'other' })],
  ])('%s cannot be read', (_name, file) => {
    expect(parseState(file)).toBe('unreadable');
  });

  test('a name with terminal escapes is made harmless', () => {
    expect(parseState(text({ cluster: 'a\u001b[31mb' }))).toMatchObject({ cluster: 'ab' });
  });
});

test('writeState writes for root alone, comes back the same, and the host remembers', async () => {
  const { cluster, runner } = fakeCluster();
  const state: HostState = hostState({ phase: 'member' });
  await writeState(cluster.controlPlane, state, quiet);
  const [upload] = runner.uploads;
  expect(upload).toMatchObject({
    path: '/var/lib/k8s-bootstrap/state.json',
    options: { mode: 0o600, sudo: true },
  });
  expect(parseState(runner.uploaded('/var/lib/k8s-bootstrap/state.json'))).toEqual(state);
  expect(cluster.controlPlane.state).toBe(state);
});
