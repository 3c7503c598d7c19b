import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { run } from '../../src/action/run.ts';
import type { UpOptions, UpResult } from '../../src/engine/api.ts';
import { BootstrapError } from '../../src/lib/errors.ts';
import { ActionEnvironment } from '../helpers/action-environment.ts';
import { FakeCache } from '../helpers/fake-cache.ts';
import { FakeEngine, fakeSpec } from '../helpers/fake-engine.ts';
import { sampleReport } from '../helpers/sample-report.ts';

let environment: ActionEnvironment;
let engine: FakeEngine;
let cache: FakeCache;

function start(inputs: Readonly<Record<string, string>> = {}): void {
  environment = new ActionEnvironment(inputs);
  engine = new FakeEngine();
  cache = new FakeCache();
}

const runAction = (graceMs = 1_000) =>
  run({
    engine,
    load: () => fakeSpec,
    env: process.env,
    signals: environment.signals,
    graceMs,
    cacheClient: cache.client,
  });

const failUp = (error: Error) => (options: UpOptions) => {
  options.beforeFirstChange?.();
  options.events.emit({ type: 'run-end', report: sampleReport({ outcome: 'failure', nodes: [] }) });
  return Promise.reject(error);
};

afterEach(() => {
  environment.restore();
});

describe('a run that succeeds', () => {
  test('hands over outputs, KUBECONFIG, summary, report files and state', async () => {
    start({ hosts: '10.0.0.1' });
    await runAction();
    const outputs = environment.values('GITHUB_OUTPUT');
    expect(Object.keys(outputs).sort()).toEqual(
      'cni cni-version control-plane-endpoint kubeconfig kubernetes-version node-count nodes outcome pods report timings unchanged'.split(
        ' ',
      ),
    );
    expect(outputs['node-count']).toBe('3');
    expect(outputs['unchanged']).toBe('false');
    expect(JSON.parse(outputs['nodes'] ?? '')).toHaveLength(3);
    expect(JSON.parse(outputs['pods'] ?? '')).toEqual({ 'nginx-1': 'w1', 'nginx-2': 'w2' });
    expect(JSON.parse(outputs['timings'] ?? '')).toMatchObject({
      criticalPath: ['connect@10.0.0.1', 'init'],
    });
    expect(environment.values('GITHUB_ENV')['KUBECONFIG']).toBe(outputs['kubeconfig']);
    expect(outputs['kubeconfig']).toBe(environment.path('k8s-bootstrap/demo.kubeconfig'));
    expect(JSON.parse(readFileSync(outputs['report'] ?? '', 'utf8'))).toEqual(sampleReport());
    expect(environment.read('GITHUB_STEP_SUMMARY')).toContain('### Nodes');
    expect(environment.values('GITHUB_STATE')).toEqual({ phase: 'success' });
    expect(process.exitCode).not.toBe(1);
  });

  test.each([
    ['true', 'http://h/', true],
    ['false', 'http://h/', false],
    ['', '', false],
  ])('with cache "%s" and a cache at "%s" gives the engine one: %s', async (input, url, given) => {
    start({ cache: input });
    process.env['ACTIONS_RESULTS_URL'] = url;
    await runAction();
    expect((engine.calls[0]?.options as UpOptions).remoteCache !== undefined).toBe(given);
  });

  test('does so whatever happens to its cache', async () => {
    start();
    process.env['ACTIONS_RESULTS_URL'] = 'http://h/';
    cache.before = () => Promise.reject(new Error('HTTP 500'));
    const up = engine.onUp;
    engine.onUp = async (options) => {
      await options.remoteCache?.restore('k', environment.path('ab/k'), options.signal);
      return up(options);
    };
    await runAction();
    expect(environment.log.match(/^::(warning|error)/gm)).toEqual(['::warning']);
    expect(environment.values('GITHUB_OUTPUT')['outcome']).toBe('success');
    expect(process.exitCode).not.toBe(1);
  });

  test('has saved state before the first change', async () => {
    start();
    engine.onUp = (options) => {
      expect(environment.values('GITHUB_STATE')).toEqual({});
      options.beforeFirstChange?.();
      expect(environment.values('GITHUB_STATE')).toEqual({ phase: 'changing' });
      return Promise.resolve({ report: sampleReport(), kubeconfigPath: options.kubeconfigPath });
    };
    await runAction();
    expect.assertions(2);
  });

  test('keeps its outputs apart, whatever pods call themselves', async () => {
    start();
    const name = 'a\nEOF\nghadelimiter\noutcome=owned\n::set-output name=kubeconfig::/evil';
    const report = sampleReport({
      pods: [
        { namespace: 'v', name, node: 'w1\nkubeconfig<<EOF', ip: '', ips: [], phase: 'Running', ready: true },
      ],
      cluster: { ...sampleReport().cluster, controlPlaneEndpoint: 'x\noutcome<<EOF\nowned\nEOF' },
    });
    engine.onUp = (options) => Promise.resolve({ report, kubeconfigPath: options.kubeconfigPath });
    await runAction();
    const outputs = environment.values('GITHUB_OUTPUT');
    expect(outputs['outcome']).toBe('success');
    expect(outputs['kubeconfig']).toBe(environment.path('k8s-bootstrap/demo.kubeconfig'));
    expect(JSON.parse(outputs['pods'] ?? '')).toEqual({ [name]: 'w1\nkubeconfig<<EOF' });
    expect(environment.log).not.toMatch(/^::set-output/m);
  });

  test('survives a summary that cannot be written', async () => {
    start();
    rmSync(environment.path('GITHUB_STEP_SUMMARY'));
    mkdirSync(environment.path('GITHUB_STEP_SUMMARY'));
    await runAction();
    expect(environment.log).toContain('::warning::the job summary could not be written');
    rmSync(environment.path('GITHUB_STEP_SUMMARY'), { recursive: true });
  });
});

describe('before the engine starts', () => {
  test.each(['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE'])('%s must be there', async (name) => {
    start();
    rmSync(environment.path(name));
    await runAction();
    expect(environment.log).toContain('title=k8s-bootstrap%3A E_OUTPUT');
    expect(environment.log).toContain(name);
    expect(engine.calls).toEqual([]);
    Reflect.deleteProperty(process.env, name);
    await runAction();
    expect(environment.log).toContain(`${name} is not set`);
    expect(process.exitCode).toBe(1);
  });

  test('RUNNER_TEMP must be set where it is needed', async () => {
    start();
    Reflect.deleteProperty(process.env, 'RUNNER_TEMP');
    await runAction();
    expect(environment.log).toContain(
      '::error title=k8s-bootstrap%3A E_OUTPUT::the environment variable RUNNER_TEMP is not set',
    );
  });

  test.each(['directory', 'link', 'below-file', 'fifo'])(
    'a kubeconfig path that is a %s is refused',
    async (kind) => {
      start();
      const path = environment.path(kind === 'below-file' ? 'GITHUB_ENV/x' : 'kubeconfig');
      process.env['INPUT_KUBECONFIG-PATH'] = kind === 'fifo' ? '/dev/null' : path;
      if (kind === 'directory') mkdirSync(path);
      if (kind === 'link') symlinkSync('/etc/passwd', path);
      await runAction();
      expect(environment.log).toContain(
        '::error title=k8s-bootstrap%3A E_OUTPUT::cannot write the kubeconfig',
      );
      expect(engine.calls).toEqual([]);
    },
  );

  test('what is wrong with the inputs is the outcome, too', async () => {
    start({ 'on-failure': 'explode' });
    await runAction();
    expect(environment.values('GITHUB_OUTPUT')).toEqual({ outcome: 'failure' });
    expect(process.exitCode).toBe(1);
  });

  test('~ in a path is the home directory, not a directory of that name', async () => {
    start({ 'kubeconfig-path': '~/k/config', 'report-path': '~/report' });
    process.env['HOME'] = environment.path('home');
    await runAction();
    expect(environment.values('GITHUB_OUTPUT')['kubeconfig']).toBe(environment.path('home/k/config'));
    expect(existsSync(environment.path('home/report/report.json'))).toBe(true);
  });

  test('a choice must be one of those there are', async () => {
    start({ 'on-failure': 'explode' });
    await runAction();
    expect(environment.log).toContain(
      '::error title=k8s-bootstrap%3A E_USAGE::input on-failure must be one of keep, reset',
    );
    expect(environment.values('GITHUB_STATE')).toEqual({});
  });

  test('an error with a place in a file is annotated there', async () => {
    start();
    const error = new BootstrapError('E_SPEC', 'no hosts', { where: 'cluster.yaml:3:5', hint: 'add one' });
    await run({
      engine,
      load: () => {
        throw error;
      },
      env: process.env,
      signals: environment.signals,
      graceMs: 1,
      cacheClient: cache.client,
    });
    expect(environment.log).toContain(
      '::error title=k8s-bootstrap%3A E_SPEC,file=cluster.yaml,line=3,col=5::no hosts',
    );
    expect(environment.log).toContain('fix: add one');
  });
});

describe('a run that fails', () => {
  test('fails the step once, with annotation, state, outputs and summary', async () => {
    start();
    engine.onUp = failUp(
      new BootstrapError('E_JOIN', 'refused', { host: '10.0.0.2', step: 'join', hint: 'look' }),
    );
    await runAction();
    expect(environment.log.match(/^::error/gm)).toHaveLength(1);
    expect(environment.log).toContain(
      '::error title=k8s-bootstrap%3A E_JOIN::refused%0Ahost: 10.0.0.2%0Astep: join%0Afix: look',
    );
    expect(environment.values('GITHUB_OUTPUT')['outcome']).toBe('failure');
    expect(environment.values('GITHUB_OUTPUT')['kubeconfig']).toBeUndefined();
    expect(environment.values('GITHUB_STATE')).toEqual({ phase: 'failure' });
    expect(environment.read('GITHUB_STEP_SUMMARY')).toContain('❌');
    expect(engine.calls.map(({ name }) => name)).toEqual(['up']);
    expect(process.exitCode).toBe(1);
  });

  test('on-failure: reset takes the cluster down and keeps the error', async () => {
    start({ 'on-failure': 'reset' });
    engine.onUp = failUp(new BootstrapError('E_JOIN', 'refused'));
    await runAction();
    expect(engine.calls.map(({ name, options }) => [name, options.keep])).toEqual([
      ['up', undefined],
      ['down', 'nothing'],
    ]);
    expect(environment.log).toContain('::error title=k8s-bootstrap%3A E_JOIN::refused');
    expect(environment.values('GITHUB_STATE')).toEqual({ phase: 'reset' });
  });

  test('a reset that fails too is a warning, the error stays', async () => {
    start({ 'on-failure': 'reset' });
    engine.onUp = failUp(new BootstrapError('E_JOIN', 'refused'));
    engine.onDown = () => Promise.reject(new BootstrapError('E_RESET', 'busy', { host: 'h' }));
    await runAction();
    expect(environment.log.match(/^::error.*$/gm)).toEqual([
      '::error title=k8s-bootstrap%3A E_JOIN::refused',
    ]);
    expect(environment.log).toContain('::warning title=k8s-bootstrap::[h] after the failure: E_RESET: busy');
    expect(environment.values('GITHUB_STATE')).toEqual({ phase: 'failure' });
  });

  test('before the first change there is nothing to reset', async () => {
    start({ 'on-failure': 'reset' });
    engine.onUp = () => Promise.reject(new BootstrapError('E_PREFLIGHT', 'swap'));
    await runAction();
    expect(engine.calls.map(({ name }) => name)).toEqual(['up']);
    expect(environment.values('GITHUB_STATE')).toEqual({});
  });

  test('each host’s failure is an annotation of its own, with its own code and fix', async () => {
    start();
    const errors = [
      new BootstrapError('E_HOSTKEY', 'another key', { host: 'a', hint: 'pin it' }),
      new BootstrapError('E_AUTH', 'refused', { host: 'b', hint: 'add the key' }),
    ];
    engine.onUp = failUp(new BootstrapError('E_HOSTKEY', '2 failures', { errors }));
    await runAction();
    expect(environment.log.match(/^::error.*$/gm)).toEqual([
      '::error title=k8s-bootstrap%3A E_HOSTKEY::another key%0Ahost: a%0Afix: pin it',
      '::error title=k8s-bootstrap%3A E_AUTH::refused%0Ahost: b%0Afix: add the key',
    ]);
  });

  test('of more failures than GitHub shows the others are in the log', async () => {
    start();
    const errors = Array.from({ length: 12 }, (_, n) => new BootstrapError('E_AUTH', `refused ${String(n)}`));
    engine.onUp = failUp(new BootstrapError('E_AUTH', '12 failures', { errors }));
    await runAction();
    expect(environment.log.match(/^::error/gm)).toHaveLength(10);
    expect(environment.log).toMatch(/^E_AUTH: refused 11$/m);
  });

  test('results that cannot be handed over are a failure, and no success for the post step', async () => {
    start();
    engine.onUp = (options) => {
      options.beforeFirstChange?.();
      mkdirSync(environment.path('k8s-bootstrap/demo-report/report.json'), { recursive: true });
      return Promise.resolve({ report: sampleReport(), kubeconfigPath: options.kubeconfigPath });
    };
    await runAction();
    expect(environment.values('GITHUB_STATE')).toEqual({ phase: 'failure' });
    expect(environment.values('GITHUB_OUTPUT')['outcome']).toBe('failure');
    expect(process.exitCode).toBe(1);
  });

  test('a defect is E_INTERNAL', async () => {
    start();
    engine.onUp = failUp(new TypeError('oops'));
    await runAction();
    expect(environment.log).toContain('::error title=k8s-bootstrap%3A E_INTERNAL::oops');
  });
});

describe('a signal', () => {
  test.each(['SIGINT', 'SIGTERM'])(
    '%s aborts the run; the reset is left to the post step',
    async (signal) => {
      start({ 'on-failure': 'reset', 'on-cancel': 'reset' });
      engine.onUp = (options) =>
        new Promise<UpResult>((_, reject) => {
          options.beforeFirstChange?.();
          options.signal.addEventListener('abort', () => {
            reject(options.signal.reason as Error);
          });
          environment.signals.emit(signal);
        });
      await runAction();
      expect(environment.log).toContain('::error title=k8s-bootstrap%3A E_CANCELLED::the run was cancelled');
      expect(engine.calls.map(({ name }) => name)).toEqual(['up']);
      expect(environment.values('GITHUB_STATE')).toEqual({ phase: 'cancelled' });
      expect(environment.signals.listenerCount(signal)).toBe(0);
    },
  );

  test('an engine that does not stop is not waited for', async () => {
    start();
    jest.useFakeTimers();
    try {
      engine.onUp = (options) => {
        options.beforeFirstChange?.();
        return new Promise(() => undefined);
      };
      const done = runAction(6_000);
      environment.signals.emit('SIGINT');
      await jest.advanceTimersByTimeAsync(6_000);
      await done;
    } finally {
      jest.useRealTimers();
    }
    expect(environment.values('GITHUB_STATE')).toEqual({ phase: 'cancelled' });
    expect(environment.values('GITHUB_OUTPUT')['outcome']).toBe('cancelled');
    expect(environment.log).toContain('::error title=k8s-bootstrap%3A E_CANCELLED');
  });

  test('a second one ends the wait at once', async () => {
    start();
    engine.onUp = () => new Promise(() => undefined);
    const done = runAction(60_000);
    environment.signals.emit('SIGINT');
    environment.signals.emit('SIGTERM');
    await done;
    expect(environment.log).toContain('::error title=k8s-bootstrap%3A E_CANCELLED');
  });
});

describe('secrets', () => {
  test('appear nowhere, and every line of a key is masked', async () => {
    const key =
      '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAAcanary1\nBBBBcanary2\n==\n-----END OPENSSH PRIVATE KEY-----\n';
    start({
      'ssh-key': key,
      'ssh-key-passphrase': 'canary-passphrase',
      'sudo-password': 'canary-sudo',
      'on-failure': 'reset',
    });
    engine.onUp = (options) => {
      options.events.emit({ type: 'secret', value: 'canary-token\ncanary-second' });
      return failUp(new BootstrapError('E_JOIN', 'refused'))(options);
    };
    await runAction();
    expect(environment.masks).toEqual([
      'AAAAcanary1',
      'BBBBcanary2',
      'canary-passphrase',
      'canary-sudo',
      'canary-token',
      'canary-second',
    ]);
    expect(environment.log.indexOf('::add-mask::AAAAcanary1')).toBe(0);
    expect(environment.everything).not.toContain('canary');
    expect(existsSync(environment.path('k8s-bootstrap/demo-report/report.json'))).toBe(true);
    expect(readFileSync(environment.path('k8s-bootstrap/demo-report/report.json'), 'utf8')).not.toContain(
      'canary',
    );
  });
});
