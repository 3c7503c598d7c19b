import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runPost } from '../../src/action/run-post.ts';
import { BootstrapError } from '../../src/lib/errors.ts';
import type { SpecSource } from '../../src/spec/load.ts';
import { ActionEnvironment } from '../helpers/action-environment.ts';
import { FakeCache } from '../helpers/fake-cache.ts';
import { FakeEngine, fakeSpec } from '../helpers/fake-engine.ts';

let environment: ActionEnvironment;
let cache: FakeCache;

async function post(
  phase: string,
  inputs: Readonly<Record<string, string>>,
  engine = new FakeEngine(),
  downloads?: string,
) {
  environment = new ActionEnvironment(inputs);
  process.env['STATE_phase'] = phase;
  const load = ({ fields }: SpecSource) => ({ ...fakeSpec, provider: fields?.provider ?? 'ssh' });
  process.env['STATE_downloads'] =
    downloads ?? JSON.stringify([{ key: 'k', path: environment.path('kubelet') }]);
  await runPost({
    engine,
    load,
    env: process.env,
    signals: environment.signals,
    graceMs: 1,
    cacheClient: cache.client,
  });
  return engine.calls.map(({ name, options }) => [name, options.keep]);
}

beforeEach(() => {
  cache = new FakeCache();
});
afterEach(() => {
  environment.restore();
});

describe('runPost', () => {
  test.each<[string, Record<string, string>, unknown[]]>([
    ['', { cleanup: 'reset', 'on-cancel': 'reset', 'on-failure': 'reset' }, []],
    ['nonsense', { cleanup: 'reset' }, []],
    ['success', {}, []],
    ['success', { cleanup: 'reset' }, [['down', 'nothing']]],
    ['success', { cleanup: 'reset-keep-artifacts' }, [['down', 'artifacts']]],
    ['failure', { cleanup: 'reset' }, []],
    ['failure', { 'on-failure': 'reset' }, [['down', 'nothing']]],
    ['changing', { 'on-cancel': 'reset' }, [['down', 'nothing']]],
    ['cancelled', { 'on-cancel': 'reset' }, [['down', 'nothing']]],
    ['cancelled', {}, [['revoke', undefined]]],
    ['changing', {}, [['revoke', undefined]]],
    // A half-made cluster in Docker is of no use to anybody.
    ['cancelled', { provider: 'kind' }, [['down', 'nothing']]],
    ['changing', { provider: 'kind' }, [['down', 'nothing']]],
    ['cancelled', { provider: 'kind', 'on-cancel': 'keep' }, [['revoke', undefined]]],
    ['changing', { provider: 'kind', 'on-cancel': 'keep' }, [['revoke', undefined]]],
    ['failure', { provider: 'kind' }, []],
    ['success', { provider: 'kind' }, []],
    ['', { provider: 'kind' }, []],
    ['reset', { 'on-failure': 'reset' }, []],
  ])('after "%s" with %j', async (phase, inputs, calls) => {
    expect(await post(phase, inputs)).toEqual(calls);
  });

  test.each([
    ['success', ['save']],
    ['failure', ['save']],
    ['reset', ['save']],
    ['cancelled', []],
    ['changing', []],
  ])('after "%s", into the job’s cache: %j', async (phase, operations) => {
    await post(phase, {});
    expect(cache.requests.map(({ operation }) => operation)).toEqual(operations);
  });

  test('a cache that is broken is a warning, never a failure', async () => {
    cache.before = () => Promise.reject(new Error('HTTP 500'));
    await post('success', {});
    expect(environment.log).toContain(
      '::warning title=k8s-bootstrap::downloads are not kept in the job’s cache: HTTP 500',
    );
    expect(process.exitCode).not.toBe(1);
  });

  test.each<[string, boolean]>([
    ['{', true],
    ['[{"key":', true],
    ['null', false],
    ['{"key": "k"}', false],
    ['[5, null, {"key": 1, "path": 2}]', false],
  ])('a list of downloads that nobody can read is no failure: %s; a warning: %s', async (list, warns) => {
    await post('success', {}, new FakeEngine(), list);
    expect(cache.requests).toEqual([]);
    expect(process.exitCode).not.toBe(1);
    const warning = '::warning title=k8s-bootstrap::downloads are not kept in the job’s cache: ';
    expect(environment.log.includes(warning)).toBe(warns);
  });

  test('trouble is a warning, never a failure', async () => {
    const engine = new FakeEngine();
    engine.onDown = () =>
      Promise.reject(new BootstrapError('E_CONNECT', 'no route', { host: 'h', hint: 'wait' }));
    await post('success', { cleanup: 'reset' }, engine);
    expect(environment.log).toContain(
      '::warning title=k8s-bootstrap::[h] cleaning up failed: E_CONNECT: no route (fix: wait)',
    );
    expect(environment.log).not.toContain('::error');
    expect(process.exitCode).not.toBe(1);
  });

  test('masks the secrets again', async () => {
    await post('success', { cleanup: 'reset', 'sudo-password': 'canary-sudo' });
    expect(environment.masks).toEqual(['canary-sudo']);
    expect(environment.everything).not.toContain('canary');
  });
});
