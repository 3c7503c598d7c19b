import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ActionProcess, type StepResult } from '../../scripts/action-process.ts';
import type { Runner } from '../../src/exec/runner.ts';
import type { Report } from '../../src/report/model.ts';
import { freshHosts } from '../../testbed/src/index.ts';
import { watchCommandLines } from '../helpers/e2e/argv-watch.ts';
import { askApi, readKubeconfig } from '../helpers/e2e/ask-api.ts';
import { bed, clusterFile, kubectl, leave, rootOnAll, temporaryFile, traces } from '../helpers/e2e/bed.ts';
import { cli } from '../helpers/e2e/cli.ts';
import { silenceOthers } from '../helpers/e2e/silence.ts';
import { differences, snapshot, type Snapshot } from '../helpers/e2e/snapshot.ts';

jest.setTimeout(8 * 60_000);

interface ActionRun extends StepResult {
  readonly log: string;
  /** The job's end. */
  readonly post: () => Promise<StepResult>;
}

const actions: ActionProcess[] = [];

/** The action's main step on the bundle, as a runner would start it. */
async function action(inputs: Record<string, string> = {}): Promise<ActionRun> {
  const lines: string[] = [];
  const process = new ActionProcess({ config: clusterFile(), ...inputs }, (line) => lines.push(line));
  actions.push(process);
  const main = await process.run('main');
  return { ...main, log: lines.join('\n'), post: () => process.run('post', main.state) };
}

/** The quick start of the README: everything by inputs, but the one thing that has none. */
function quickStart(): Record<string, string> {
  const { files, hosts, images, kubernetes, mirror, registry, versions } = bed();
  const { containerd } = versions;
  const registries = ['registry.k8s.io', 'docker.io', 'ghcr.io'];
  return {
    config: temporaryFile('versions.yaml', `artifacts: {versions: {containerd: ${containerd}}}\n`),
    hosts: hosts.map(({ address }) => address).join('\n'),
    'ssh-user': 'root',
    'ssh-key': readFileSync(files.key, 'utf8'),
    'ssh-known-hosts': readFileSync(files.knownHosts, 'utf8'),
    'kubernetes-version': kubernetes[0] ?? '',
    cni: 'flannel',
    mirror,
    checksums: files.checksums,
    'registry-mirrors': registries.map((name) => `${name}=http://${registry}/v2/${name}`).join('\n'),
    'nginx-image': images.nginx,
    'client-image': images.client,
  };
}

/** How often kubeadm was started on a host since it booted. */
async function starts(host: Runner, verb: 'init' | 'join'): Promise<number> {
  const unit = `k8s-bootstrap-${verb}`;
  const { stdout } = await host.run(['journalctl', '-u', unit, '-o', 'cat', '--no-pager']);
  return [...stdout.matchAll(new RegExp(`^Starting ${unit}`, 'gm'))].length;
}

describe('the main job: three bare hosts become a verified cluster', () => {
  let hosts: readonly Runner[] = [];
  let before: readonly Snapshot[] = [];
  let first: ActionRun;
  let commandLines = '';

  const changes = async (parts?: string[]): Promise<readonly string[]> => {
    const now = await Promise.all(hosts.map(snapshot));
    return now.flatMap((after, index) => differences(before[index] ?? {}, after, parts));
  };

  beforeAll(async () => {
    await freshHosts({ print: () => undefined });
    hosts = await rootOnAll();
    before = await Promise.all(hosts.map(snapshot));
    const watch = await watchCommandLines(hosts);
    first = await action();
    commandLines = await watch.stop();
    if (first.exitCode !== 0) console.error(first.log);
  });

  afterAll(async () => {
    for (const process of actions) process.remove();
    await leave(hosts);
  });

  test('succeeds, with every node Ready at the wanted version', () => {
    expect(first.exitCode).toBe(0);
    const nodes = JSON.parse(first.outputs['nodes'] ?? '[]') as Report['nodes'];
    expect(nodes.map(({ name, role, ready, kubeletVersion }) => [name, role, ready, kubeletVersion])).toEqual(
      [
        ['host-1', 'control-plane', true, '1.36.3'],
        ['host-2', 'worker', true, '1.36.3'],
        ['host-3', 'worker', true, '1.36.3'],
      ],
    );
    expect(first.outputs).toMatchObject({
      'node-count': '3',
      'kubernetes-version': '1.36.3',
      cni: 'flannel',
      'cni-version': '0.28.9',
      'control-plane-endpoint': 'https://10.89.37.11:6443',
      outcome: 'success',
      unchanged: 'false',
    });
  });

  test('nginx ran and answered on several nodes', () => {
    const pods = JSON.parse(first.outputs['pods'] ?? '{}') as Record<string, string>;
    expect(new Set(Object.values(pods)).size).toBe(3);
    const report = JSON.parse(readFileSync(first.outputs['report'] ?? '', 'utf8')) as Report;
    expect(report.checks.map(({ id, status }) => [id, status])).toEqual([
      ['nginx-running', 'pass'],
      ['nginx-answers', 'pass'],
      ['service', 'pass'],
      ['dns', 'pass'],
    ]);
    expect(report.checks[1]?.probes).toHaveLength(9);
    expect(first.summary).toContain('host-3');
  });

  test('the kubeconfig is private, short-lived and works from here', async () => {
    const path = first.outputs['kubeconfig'] ?? '';
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const answer = await askApi(path, '/api/v1/nodes');
    expect((JSON.parse(answer) as { items: unknown[] }).items).toHaveLength(3);
  });

  test('no secret is in the log, the outputs, the state, the summary, the report, what is left on or was a command line of a host', async () => {
    const kubeconfig = readKubeconfig(first.outputs['kubeconfig'] ?? '');
    const report = first.outputs['report'] ?? '';
    const clientKey = kubeconfig.users[0].user['client-key-data'];
    const sshKey = readFileSync(bed().files.key, 'utf8').split('\n')[2] ?? '';
    const shown = [
      first.log,
      first.summary,
      JSON.stringify(first.outputs),
      JSON.stringify(first.state),
      ...[report, report.replace('.json', '.md'), report.replace('report.json', 'junit.xml')].map((path) =>
        readFileSync(path, 'utf8'),
      ),
      commandLines,
      await traces(hosts),
    ].join('\n');
    expect(shown).not.toContain(clientKey);
    expect(shown).not.toContain(Buffer.from(clientKey, 'base64').toString().split('\n')[2]);
    expect(shown).not.toContain(sshKey);
    expect(shown).not.toMatch(/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/);
    // The watch did see what it was to see.
    expect(commandLines).toContain('kubeadm init --config=');
    expect(commandLines).toContain('kubeadm join --config=');
  });

  test('the join token is gone from the cluster, and no configuration with it is left on a host', async () => {
    const tokens = await kubectl(hosts[0], '-n', 'kube-system', 'get', 'secrets', '-o', 'name');
    expect(tokens).not.toContain('bootstrap-token');
    for (const host of hosts) {
      const { stdout } = await host.run(['sh', '-c', 'ls /run/k8s-bootstrap']);
      expect(stdout).not.toContain('.yaml');
    }
  });

  test('a second run changes nothing and says so', async () => {
    const installed = await Promise.all(hosts.map(snapshot));
    const second = await action();
    expect(second.exitCode).toBe(0);
    expect(second.outputs['unchanged']).toBe('true');
    const now = await Promise.all(hosts.map(snapshot));
    const parts = ['etc', 'programs', 'unit-files', 'services', 'started', 'rules', 'sysctls'];
    expect(now.flatMap((after, index) => differences(installed[index] ?? {}, after, parts))).toEqual([]);
  });

  test('the gate fails with one schedulable node, and names what closes the others', async () => {
    await kubectl(hosts[0], 'cordon', 'host-2', 'host-3');
    const result = await action();
    await kubectl(hosts[0], 'uncordon', 'host-2', 'host-3');
    expect(result.exitCode).toBe(1);
    expect(result.outputs['outcome']).toBe('failure');
    expect(result.log).toContain('E_VERIFY');
    expect(result.log).toContain('only 1 of 3 nodes can take pods: host-2 is cordoned; host-3 is cordoned');
  });

  test('a missing nginx image fails the job and is named', async () => {
    const result = await action({ 'nginx-image': 'docker.io/library/nginx:0.0.1' });
    expect(result.exitCode).toBe(1);
    expect(result.log).toContain('E_IMAGE');
    expect(result.log).toContain('cannot pull docker.io/library/nginx:0.0.1');
  });

  test('as root and by inputs alone it is the same cluster, and the post step leaves every host as it was', async () => {
    const run = await action({ ...quickStart(), cleanup: 'reset' });
    expect([run.exitCode, run.outputs['unchanged'], run.outputs['node-count']]).toEqual([0, 'true', '3']);
    expect((await run.post()).exitCode).toBe(0);
    expect(await changes()).toEqual([]);
  });

  test('a broken Flannel fails the job before its deadline, with its own words', async () => {
    const broken = readFileSync('testbed/manifests/flannel/v0.28.9/kube-flannel.yml', 'utf8').replace(
      '10.244.0.0/16',
      '10.99.0.0/16',
    );
    const cni = { name: 'manifest', manifest: temporaryFile('broken.yml', broken) };
    const result = await cli(['up', '-f', clusterFile({ cni, timeouts: { readySec: 45 } })]);
    expect(result.stderr).toMatch(/E_CNI/);
    expect(result.stderr).toMatch(/kube-flannel-ds-\w+ on host-\d: kube-flannel .*10\.99\.0\.0\/16/);
    expect(result.exitCode).toBe(43);
  });

  test('after a reset that keeps artifacts, a run whose connections are cut or go silent during kubeadm succeeds', async () => {
    const other = clusterFile({ cni: { name: 'manifest', manifest: '/etc/hostname' } });
    expect((await cli(['down', '-f', other, '--keep', 'artifacts'])).exitCode).toBe(0);
    const [first, second] = hosts;
    if (first === undefined || second === undefined) throw new TypeError('three hosts');
    let cut: Promise<unknown> | undefined;
    let silenced: Promise<() => Promise<unknown>> | undefined;
    const manifest = resolve('testbed/manifests/flannel/v0.28.9/kube-flannel.yml');
    const file = clusterFile({ cni: { name: 'manifest', manifest } });
    const result = await cli(['up', '-f', file, '--json'], {
      onLine: (line) => {
        if (!line.includes('"step-log"')) return;
        if (line.includes('"init@') && line.includes('[control-plane]'))
          cut ??= first.run(['pkill', '-f', '^sshd: ops']);
        if (line.includes(`"join@${second.target}`)) silenced ??= silenceOthers(second);
      },
    });
    await cut;
    await (
      await silenced
    )?.();
    expect(result.stderr).toBe('');
    expect(result.exitCode).toBe(0);
    const lost = result.stdout.split('\n').filter((line) => line.includes('connection lost; reconnecting'));
    expect(lost.some((line) => line.includes('"init@'))).toBe(true);
    expect(lost.some((line) => line.includes(`"join@${second.target}`))).toBe(true);
    expect([await starts(first, 'init'), await starts(second, 'join')]).toEqual([3, 3]);
  });

  test('down leaves every host as it was before, whatever was tried in between', async () => {
    const result = await cli(['down', '-f', clusterFile(), '--json']);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await changes()).toEqual([]);
  });
});
