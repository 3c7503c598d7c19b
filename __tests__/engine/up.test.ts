import { readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { bootstrapFailure } from '../helpers/failure.ts';
import { FakeBed } from '../helpers/fake-bed.ts';

/** What changes a host for good; downloads are taken off again. */
const CHANGES = /^(upload|install|configure|activate|pull images|start|kubeadm) /;

describe('up on bare hosts', () => {
  test('makes a cluster that is verified', async () => {
    using bed = new FakeBed();
    const { report, kubeconfigPath } = await bed.up();
    expect(bed.done(/^kubeadm /)).toEqual([
      'kubeadm init 10.0.0.1',
      'kubeadm join 10.0.0.2',
      'kubeadm join 10.0.0.3',
    ]);
    expect(report).toMatchObject({
      schemaVersion: 1,
      command: 'up',
      outcome: 'success',
      unchanged: false,
      cluster: {
        name: 'test',
        provider: 'ssh',
        kubernetesVersion: '1.36.3',
        cni: 'manifest',
        podCIDR: '10.244.0.0/16',
        serviceCIDR: '10.96.0.0/16',
        controlPlaneEndpoint: 'https://10.0.0.1:6443',
      },
      findings: [],
    });
    expect(report).not.toHaveProperty('error');
    expect(report.nodes.map(({ name, role, ready, address }) => ({ name, role, ready, address }))).toEqual([
      { name: 'host-1', role: 'control-plane', ready: true, address: '10.0.0.1' },
      { name: 'host-2', role: 'worker', ready: true, address: '10.0.0.2' },
      { name: 'host-3', role: 'worker', ready: true, address: '10.0.0.3' },
    ]);
    expect(report.pods.map(({ node, ip }) => `${node} ${ip}`)).toEqual([
      'host-1 10.244.0.2',
      'host-2 10.244.1.2',
      'host-3 10.244.2.2',
    ]);
    expect(report.checks.map(({ id, status, observed }) => [id, status, observed])).toEqual([
      ['nginx-running', 'pass', expect.stringContaining('nginx-host-3 on host-3')],
      ['nginx-answers', 'pass', '9 of 9 answered'],
      ['service', 'pass', '3 of 3 answered'],
      ['dns', 'pass', '3 of 3 answered'],
    ]);
    expect(kubeconfigPath).toBe(bed.kubeconfigPath);
    expect(readFileSync(kubeconfigPath, 'utf8')).toContain('server: https://10.0.0.1:6443');
    expect(statSync(kubeconfigPath).mode & 0o777).toBe(0o600);
  });

  test('tells of it from run-start to run-end, each step after those it needs', async () => {
    using bed = new FakeBed();
    const { report } = await bed.up();
    const told = bed.events.filter(({ type }) => type !== 'secret');
    const steps = bed.eventsOf('run-start').flatMap((event) => event.steps);
    expect(told[0]).toEqual({
      type: 'run-start',
      command: 'up',
      hosts: ['10.0.0.1', '10.0.0.2', '10.0.0.3'],
      steps,
    });
    expect(told.at(-1)).toEqual({ type: 'run-end', report });
    expect(bed.events.at(-1)?.type).toBe('run-end');
    expect(bed.eventsOf('run-end')).toHaveLength(1);
    expect(bed.eventsOf('check')).toHaveLength(4);
    const ended = new Set<string>();
    const begun = new Set<string>();
    for (const event of told) {
      if (event.type === 'step-start') {
        expect([...ended]).toEqual(expect.arrayContaining([...event.step.needs]));
        begun.add(event.step.key);
      } else if (event.type === 'step-end') {
        expect(begun).toContain(event.step.key);
        ended.add(event.step.key);
      }
    }
    expect([...ended].sort()).toEqual(steps.map(({ key }) => key).sort());
  });

  test('its timings tell of every step, and the critical path is a chain of them', async () => {
    using bed = new FakeBed();
    const { timings, criticalPath } = (await bed.up()).report;
    expect(timings.filter(({ outcome }) => outcome !== 'unchanged').map(({ key }) => key)).toEqual([
      ...['fetch', 'install', 'images'].flatMap((id) => [1, 2, 3].map((n) => `${id}@10.0.0.${String(n)}`)),
      'init@10.0.0.1',
      'join@10.0.0.2',
      'join@10.0.0.3',
      'install-cni',
      'deploy-nginx',
      'revoke',
    ]);
    const byKey = new Map(timings.map((timing) => [timing.key, timing]));
    for (const [index, key] of criticalPath.entries()) {
      const earlier = criticalPath[index - 1];
      expect(byKey.get(key)?.needs ?? []).toEqual(
        earlier === undefined ? [] : expect.arrayContaining([earlier]),
      );
    }
    expect(criticalPath.length).toBeGreaterThan(8);
  });

  test('says where the first change begins: once, after every host was looked at, before any is changed', async () => {
    using bed = new FakeBed();
    await bed.up({ beforeFirstChange: () => void bed.did.push('BEGIN') });
    expect(bed.done(/BEGIN/)).toHaveLength(1);
    const begin = bed.did.indexOf('BEGIN');
    const changes = bed.did.flatMap((line, index) => (CHANGES.test(line) ? [index] : []));
    expect(changes.length).toBeGreaterThan(12);
    expect(Math.min(...changes)).toBeGreaterThan(begin);
    expect(bed.did.slice(0, begin).filter((line) => line.startsWith('facts '))).toHaveLength(3);
  });

  test('leaves no token behind', async () => {
    using bed = new FakeBed();
    await bed.up();
    const [host] = bed.machines;
    expect(host?.lines.filter((line) => line.includes(' delete secret '))).toEqual([
      expect.stringContaining('type=bootstrap.kubernetes.io/token'),
      expect.stringMatching(/ kubeadm-certs$/),
    ]);
    expect(bed.done(/^rm config/)).toHaveLength(3);
  });
});

describe('up on hosts of the cluster', () => {
  test('finds everything in place and changes nothing', async () => {
    using bed = new FakeBed();
    await bed.up();
    bed.forget();
    let begun = 0;
    const { report } = await bed.up({ beforeFirstChange: () => void (begun += 1) });
    expect(report).toMatchObject({ outcome: 'success', unchanged: true });
    expect(report.checks.every(({ status }) => status === 'pass')).toBe(true);
    expect(bed.done(CHANGES)).toEqual([]);
    expect(begun).toBe(0);
  });

  test('mends what is missing, and says that it changed something', async () => {
    using bed = new FakeBed();
    await bed.up();
    bed.forget();
    const worker = bed.machine(2);
    delete worker.installed['runc'];
    const { report } = await bed.up({ beforeFirstChange: () => void bed.did.push('BEGIN') });
    expect(report.unchanged).toBe(false);
    expect(bed.done(/^(BEGIN|install|kubeadm)/)).toEqual(['BEGIN', 'install 10.0.0.3']);
  });

  test('takes a further host in with a token of its own', async () => {
    using bed = new FakeBed();
    await bed.up();
    bed.forget();
    const worker = bed.machine(2);
    Object.assign(worker, { member: false, state: undefined, installed: {} });
    bed.machine(0).on(/ token create /, '');
    await bed.up();
    expect(bed.done(/^kubeadm /)).toEqual(['kubeadm join 10.0.0.3']);
    const [id] = worker.token.split('.');
    expect(id).toMatch(/^[a-z0-9]{6}$/);
    expect(bed.machine(0).lines.filter((line) => line.includes(' delete secret '))).toEqual([
      expect.stringMatching(new RegExp(` bootstrap-token-${id ?? ''}$`)),
    ]);
  });
});

describe('up on hosts that preflight refuses', () => {
  test('changes nothing and does not announce that it would', async () => {
    using bed = new FakeBed();
    const stranger = JSON.stringify({ schemaVersion: 1, cluster: 'other', phase: 'prepared', before: {} });
    bed.machine(1).state = stranger;
    bed.machine(2).state = stranger;
    let begun = 0;
    expect(await bootstrapFailure(bed.up({ beforeFirstChange: () => void (begun += 1) }))).toMatchObject({
      code: 'E_FOREIGN',
      step: 'preflight',
      message: expect.stringContaining('10.0.0.3'),
    });
    expect(begun).toBe(0);
    expect(bed.done(CHANGES)).toEqual([]);
    const [end] = bed.eventsOf('run-end');
    expect(end?.report).toMatchObject({ outcome: 'failure', unchanged: false });
    expect(end?.report.findings.map(({ host }) => host)).toEqual(['10.0.0.2', '10.0.0.3']);
  });
});
