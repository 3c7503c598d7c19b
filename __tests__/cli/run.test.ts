import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { run } from '../../src/cli/run.ts';
import { defaultVersionOf } from '../../src/cni/default-version.ts';
import { cniNamed, cniNames } from '../../src/cni/index.ts';
import type { UpResult } from '../../src/engine/api.ts';
import { version } from '../../src/frontend/version.ts';
import { BootstrapError } from '../../src/lib/errors.ts';
import type { SpecSource } from '../../src/spec/load.ts';
import { FakeEngine, fakeSpec, step } from '../helpers/fake-engine.ts';
import { sampleReport } from '../helpers/sample-report.ts';

let dir: string;
let engine: FakeEngine;
let source: SpecSource | undefined;
let out: string;
let err: string;
let env: Record<string, string>;
const signals = new EventEmitter();

const cli = (argv: readonly string[], terminal = false) =>
  run(argv, {
    engine,
    load: (given) => {
      source = given;
      return fakeSpec;
    },
    env,
    signals,
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text), isTTY: terminal, columns: 40 },
    readStdin: () => 'from-stdin\n',
  });

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'k8s-bootstrap-cli-'));
  engine = new FakeEngine();
  source = undefined;
  out = '';
  err = '';
  env = {};
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

describe('without a cluster', () => {
  test('--version is that of the package', async () => {
    expect(await cli(['--version'])).toBe(0);
    expect(out).toBe(`${version}\n`);
    const file = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(version).toBe(file.version);
  });

  test.each(['up', 'down', 'plan', 'verify', 'nodes', 'kubeconfig'])(
    '%s has a help with an example',
    async (command) => {
      expect(await cli([command, '--help'])).toBe(0);
      expect(out).toContain(`Usage: k8s-bootstrap ${command} [flags]`);
      expect(out).toContain(`  k8s-bootstrap ${command} -f cluster.yaml`);
      expect(out).toContain('--known-hosts PATH');
      expect(out).not.toMatch(/--(ssh-key|sudo-password|ssh-key-passphrase) /);
    },
  );

  test('the help of up lists every CNI with its default version and options', async () => {
    expect(await cli(['up', '--help'])).toBe(0);
    for (const name of cniNames) {
      const { options, title } = cniNamed(name);
      const line = out.split('\n').find((one) => one.startsWith(`  ${name} `));
      expect(line?.trim().split(/[\s,]+/)).toEqual([
        name,
        ...[defaultVersionOf(cniNamed(name))].filter(Boolean),
        ...(Object.keys(options).length > 0 ? Object.keys(options) : title.split(' ')),
      ]);
    }
  });

  test('the overview lists the commands', async () => {
    expect(await cli(['--help'])).toBe(0);
    expect(out).toContain('  kubeconfig  Write a new');
  });

  test.each([
    [[], 'a command is needed'],
    [['fly'], 'there is no command "fly"'],
    [['up', 'now'], 'unexpected argument "now"'],
    [['up', '--fly'], "Unknown option '--fly'"],
    [['nodes', '--keep', 'artifacts'], "Unknown option '--keep'"],
    [['down', '--keep', 'all'], '--keep must be nothing or artifacts'],
    [['up', '--ssh-port', 'x'], '--ssh-port must be a whole number'],
    [['up', '-f', '/nonexistent'], 'cannot read the cluster file: ENOENT'],
    [['up', '--sudo-password-file', '/nonexistent'], 'cannot read the file: ENOENT'],
  ])('%j is wrong use', async (argv, message) => {
    expect(await cli(argv)).toBe(2);
    expect(err).toContain(`error E_USAGE: ${message}`);
    expect(engine.calls).toEqual([]);
  });
});

describe('settings', () => {
  test('flags become fields, secrets come from the environment or a file', async () => {
    writeFileSync(join(dir, 'cluster.yaml'), 'name: demo\n');
    env = { K8S_BOOTSTRAP_SSH_KEY_PASSPHRASE: ' open sesame \n' };
    const argv =
      'verify --host 10.0.0.1 --host 10.0.0.2 --ssh-port 2222 --check nginx --check dns --timeout 1h30m';
    const file = ['-f', join(dir, 'cluster.yaml'), '--sudo-password-file', '-'];
    expect(await cli([...argv.split(' '), ...file, '--registry-mirror', 'docker.io=http://m:5000'])).toBe(0);
    expect(source).toEqual({
      file: { path: join(dir, 'cluster.yaml'), text: 'name: demo\n' },
      hostsText: '10.0.0.1\n10.0.0.2',
      fields: {
        ssh: { port: 2222, passphrase: ' open sesame ', sudoPassword: 'from-stdin' },
        verify: { checks: ['nginx', 'dns'] },
        timeouts: { totalSec: 5_400 },
        registryMirrors: { 'docker.io': 'http://m:5000' },
      },
      env,
    });
  });
});

describe('commands', () => {
  test('up prints nodes, pods and timings, and writes the report', async () => {
    const paths = ['--kubeconfig', join(dir, 'kc'), '--report-dir', join(dir, 'report')];
    expect(await cli(['up', ...paths])).toBe(0);
    expect(out).toMatch(/^NODE +STATUS/);
    expect(out).toContain('nginx-1');
    expect(out).toContain('* critical path');
    expect(out.trimEnd().split('\n').at(-1)).toBe(`kubeconfig: ${join(dir, 'kc')}`);
    expect(JSON.parse(readFileSync(join(dir, 'report/report.json'), 'utf8'))).toEqual(sampleReport());
    expect(readFileSync(join(dir, 'report/junit.xml'), 'utf8')).toContain('<testsuites');
    expect(readFileSync(join(dir, 'report/report.md'), 'utf8')).toContain('### Nodes');
  });

  test('up checks the kubeconfig path first', async () => {
    expect(await cli(['up', '--kubeconfig', dir])).toBe(4);
    expect(err).toContain('error E_OUTPUT: cannot write the kubeconfig');
    expect(engine.calls).toEqual([]);
  });

  test('down keeps what it is told to', async () => {
    expect(await cli(['down', '--keep', 'artifacts'])).toBe(0);
    expect(engine.calls).toMatchObject([{ name: 'down', options: { keep: 'artifacts' } }]);
    expect(out).toContain('Cluster removed: k8s-bootstrap');
  });

  test('plan prints what would be done', async () => {
    expect(await cli(['plan'])).toBe(0);
    expect(out).toBe('Init\n    run kubeadm init\n[h] Join\n');
  });

  test('nodes prints a table or JSON', async () => {
    expect(await cli(['nodes'])).toBe(0);
    expect(out).toMatch(/^NODE/);
    out = '';
    expect(await cli(['nodes', '--json'])).toBe(0);
    expect(JSON.parse(out)).toEqual(sampleReport().nodes);
  });

  test('kubeconfig says where it is', async () => {
    expect(await cli(['kubeconfig', '--kubeconfig', join(dir, 'kc'), '--json'])).toBe(0);
    expect(JSON.parse(out)).toEqual({ kubeconfig: join(dir, 'kc') });
  });
});

describe('failure', () => {
  test('each host’s error is printed, the status is that of the code, the report is kept', async () => {
    const errors = ['a', 'b'].map(
      (host) => new BootstrapError('E_JOIN', `${host} failed`, { host, hint: 'look' }),
    );
    engine.onUp = (options) => {
      options.events.emit({ type: 'run-end', report: sampleReport({ outcome: 'failure' }) });
      return Promise.reject(new BootstrapError('E_JOIN', '2 failures', { errors }));
    };
    const argv = ['up', '--kubeconfig', join(dir, 'kc'), '--report-dir', dir];
    expect(await cli(argv)).toBe(42);
    expect(err).toContain('error E_JOIN a: a failed\n  fix: look\nerror E_JOIN b: b failed\n  fix: look\n');
    expect(out).toBe('');
    expect(readFileSync(join(dir, 'report.json'), 'utf8')).toContain('"outcome": "failure"');
    rmSync(join(dir, 'report.json'));
    expect(await cli([...argv, '--json'])).toBe(42);
    expect(JSON.parse(out.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ outcome: 'failure' });
  });

  test('Ctrl-C cancels with status 130', async () => {
    engine.onUp = (options) =>
      new Promise<UpResult>((_, reject) => {
        options.signal.addEventListener('abort', () => {
          reject(options.signal.reason as Error);
        });
        signals.emit('SIGINT');
      });
    expect(await cli(['up', '--kubeconfig', join(dir, 'kc')])).toBe(130);
    expect(err).toContain('error E_CANCELLED');
  });
});

describe('progress', () => {
  const a = step('join@a', 'Join', 'a');
  beforeEach(() => {
    engine.onUp = (options) => {
      const { events } = options;
      events.emit({ type: 'secret', value: 'canary-token' });
      events.emit({ type: 'run-start', command: 'up', hosts: ['a'], steps: [a] });
      events.emit({ type: 'step-start', step: a });
      events.emit({ type: 'step-log', step: a, line: 'why\u001b[2J' });
      const error = new BootstrapError('E_JOIN', 'refused');
      events.emit({ type: 'step-end', step: a, outcome: 'failed', durationMs: 1_000, note: 'again', error });
      events.emit({ type: 'step-end', step: step('later'), outcome: 'skipped', durationMs: 0 });
      events.emit({ type: 'warning', message: 'careful', host: 'a' });
      for (const finding of sampleReport().findings) events.emit({ type: 'finding', finding });
      for (const result of sampleReport().checks) events.emit({ type: 'check', result });
      events.emit({ type: 'run-end', report: sampleReport() });
      return Promise.resolve({ report: sampleReport(), kubeconfigPath: 'kc' });
    };
  });
  const up = () => ['up', '--kubeconfig', join(dir, 'kc')];

  test('is plain lines where there is no terminal', async () => {
    expect(await cli(up())).toBe(0);
    expect(err.trim().split('\n')).toEqual([
      '… [a] Join',
      '✗ [a] Join: failed, again 1.0 s',
      '    [a] why',
      'warning [a] careful',
      'warning [10.0.0.2] swap is on (fix: swapoff -a) [swap]',
      'info enough memory [ram]',
      '✓ nginx answers: 4 of 4 answered',
      '! DNS: no client pod',
    ]);
  });

  test('is live and coloured in a terminal', async () => {
    expect(await cli(up(), true)).toBe(0);
    expect(err).toMatch(/\u001b\[2m… \[a\] Join \d+ ms\u001b\[0m\n\u001b\[1A\r\u001b\[J/);
    expect(err).toContain('\u001b[31m✗\u001b[0m');
    expect(err).not.toContain('\u001b[2J');
  });

  test.each([['--no-color'], ['NO_COLOR']])('has no colours with %s', async (way) => {
    if (way === 'NO_COLOR') env['NO_COLOR'] = '1';
    expect(await cli([...up(), ...(way === 'NO_COLOR' ? [] : [way])], true)).toBe(0);
    expect(err).not.toContain('\u001b[31m');
  });

  test('is absent with --quiet', async () => {
    expect(await cli([...up(), '-q'], true)).toBe(0);
    expect(err).toBe('');
  });

  test('is JSON lines with --json, the report last, no secret among them', async () => {
    expect(await cli([...up(), '--json'])).toBe(0);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.at(-1)).toEqual(sampleReport());
    expect(lines.slice(0, -1).map(({ type }) => type)).toEqual(
      'run-start step-start step-log step-end step-end warning finding finding check check'.split(' '),
    );
    expect(lines[3]).toMatchObject({ error: { code: 'E_JOIN', message: 'refused' } });
    expect(out + err).not.toContain('canary');
  });
});
