import { describe, expect, test } from '@jest/globals';
import { buildReport } from '../../src/engine/report.ts';
import type { ScheduleResult } from '../../src/engine/scheduler.ts';
import { BootstrapError } from '../../src/lib/errors.ts';
import type { StepTiming } from '../../src/report/model.ts';
import { fakeCluster, fakeHost, type FakeSpecOptions } from '../helpers/cluster.ts';

function timing(id: string, outcome: StepTiming['outcome']): StepTiming {
  return { key: id, id, title: id, needs: [], outcome, startMs: 0, durationMs: 1 };
}

function report(result: Partial<ScheduleResult> = {}, spec: FakeSpecOptions = {}) {
  const { cluster } = fakeCluster(spec);
  const startedAt = Date.UTC(2026, 0, 2, 3, 4, 5);
  return buildReport({ cluster, command: 'up', startedAt, result: { timings: [], ...result } });
}

describe('unchanged', () => {
  test('is true where nothing was begun, whatever steps ran: only nginx came and went', () => {
    expect(report().unchanged).toBe(true);
    expect(report({ timings: [timing('deploy-nginx', 'done')] }).unchanged).toBe(true);
  });

  test('is false where the run failed, since nobody knows what it would have found', () => {
    expect(report({ error: new BootstrapError('E_AUTH', 'no') }).unchanged).toBe(false);
  });

  test('is false once something began to change, also where the step failed', () => {
    const { cluster } = fakeCluster();
    cluster.beginChange();
    const result = { timings: [timing('install', 'failed')], error: new BootstrapError('E_PREPARE', 'no') };
    expect(buildReport({ cluster, command: 'up', startedAt: 0, result }).unchanged).toBe(false);
  });
});

describe('outcome', () => {
  test('success has no error', () => {
    const made = report();
    expect(made.outcome).toBe('success');
    expect('error' in made).toBe(false);
  });

  test.each([
    ['cancelled', 'E_CANCELLED'],
    ['failure', 'E_TIMEOUT'],
    ['failure', 'E_INIT'],
  ] as const)('is %s after %s', (outcome, code) => {
    expect(report({ error: new BootstrapError(code, 'why') })).toMatchObject({ outcome, error: { code } });
  });

  test('the error is plain data of what is known, and its cause stays out', () => {
    const cause = new Error('inside');
    const full = { host: '10.0.0.2', step: 'join', where: 'hosts[1]', hint: 'try' };
    const error = new BootstrapError('E_JOIN', 'no', { ...full, cause });
    expect(report({ error }).error).toStrictEqual({ code: 'E_JOIN', message: 'no', ...full });
    const several = new BootstrapError('E_JOIN', '2 failures', { errors: [error, error] });
    const single = { code: 'E_JOIN', message: 'no', ...full };
    expect(report({ error: several }).error?.errors).toStrictEqual([single, single]);
    expect(report({ error: new BootstrapError('E_INTERNAL', 'no') }).error).toStrictEqual({
      code: 'E_INTERNAL',
      message: 'no',
    });
  });
});

describe('the cluster', () => {
  test('is told in ISO time, exact versions and by the address of clients', () => {
    const host = { ...fakeHost(0, true), address: 'cp.example', internalAddress: '192.168.0.1' };
    const made = report({}, { with: { hosts: [host], name: 'mine' } });
    expect(made.startedAt).toBe('2026-01-02T03:04:05.000Z');
    expect(made.durationMs).toBeGreaterThan(0);
    expect(made.cluster).toEqual({
      name: 'mine',
      provider: 'ssh',
      kubernetesVersion: '1.36.3',
      cni: 'flannel',
      cniVersion: '',
      podCIDR: '10.244.0.0/16',
      serviceCIDR: '10.96.0.0/16',
      controlPlaneEndpoint: 'https://cp.example:6443',
    });
  });

  test('its critical path comes from the timings', () => {
    const init = { ...timing('init', 'done'), startMs: 5, needs: ['install'] };
    const made = report({ timings: [timing('install', 'done'), init, timing('images', 'done')] });
    expect(made.criticalPath).toEqual(['install', 'init']);
  });
});
