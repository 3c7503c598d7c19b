import { readFileSync, statSync } from 'node:fs';
import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { parse } from 'yaml';
import { ActionProcess, type StepResult } from '../../scripts/action-process.ts';
import type { Runner } from '../../src/exec/runner.ts';
import type { Report } from '../../src/report/model.ts';
import { freshHosts } from '../../testbed/src/index.ts';
import { watchCommandLines } from '../helpers/e2e/argv-watch.ts';
import { bed, clusterFile, kubectl, rootOnAll, temporaryFile } from '../helpers/e2e/bed.ts';
import { cli } from '../helpers/e2e/cli.ts';
import { differences, snapshot, type Snapshot } from '../helpers/e2e/snapshot.ts';

jest.setTimeout(8 * 60_000);

/** The action's main step on the bundle, as a runner would start it; prints only when it fails. */
async function action(inputs: Record<string, string> = {}): Promise<StepResult & { readonly log: string }> {
  const lines: string[] = [];
  const process = new ActionProcess({ config: clusterFile(), ...inputs }, (line) => lines.push(line));
  return { ...(await process.run('main')), log: lines.join('\n') };
}

describe('the main job: three bare hosts become a verified cluster', () => {
  let hosts: readonly Runner[] = [];
  let before: readonly Snapshot[] = [];
  let first: StepResult & { readonly log: string };
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
    await Promise.all(hosts.map((host) => host.close()));
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
    const answer = await get(path, '/api/v1/nodes');
    expect((JSON.parse(answer) as { items: unknown[] }).items).toHaveLength(3);
  });

  test('no secret is in the log, the outputs, the state, the summary or a command line of a host', () => {
    const kubeconfig = parse(readFileSync(first.outputs['kubeconfig'] ?? '', 'utf8')) as Kubeconfig;
    const clientKey = kubeconfig.users[0].user['client-key-data'];
    const sshKey = readFileSync(bed().files.key, 'utf8').split('\n')[2] ?? '';
    const shown = [
      first.log,
      first.summary,
      JSON.stringify(first.outputs),
      JSON.stringify(first.state),
      commandLines,
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
    const parts = ['etc', 'programs', 'unit-files', 'services', 'sysctls'];
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

  test('down leaves every host as it was before', async () => {
    const result = await cli(['down', '-f', clusterFile(), '--json']);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await changes()).toEqual([]);
  });

  test('a broken Flannel fails the job within its deadline, with its own words', async () => {
    const broken = readFileSync('testbed/manifests/flannel/v0.28.9/kube-flannel.yml', 'utf8').replace(
      '10.244.0.0/16',
      '10.99.0.0/16',
    );
    const cni = { name: 'manifest', manifest: temporaryFile('broken.yml', broken) };
    const result = await cli(['up', '-f', clusterFile({ cni, timeouts: { readySec: 45 } })]);
    expect(result.stderr).toMatch(/E_CNI/);
    expect(result.stderr).toMatch(/kube-flannel-ds-\w+ on host-\d/);
    expect(result.exitCode).toBe(43);
  });

  test('after a reset that keeps artifacts, a run that loses its connections during kubeadm init succeeds', async () => {
    expect(
      (
        await cli([
          'down',
          '-f',
          clusterFile({ cni: { name: 'manifest', manifest: '/etc/hostname' } }),
          '--keep',
          'artifacts',
        ])
      ).exitCode,
    ).toBe(0);
    let cut: Promise<unknown> | undefined;
    const result = await cli(['up', '-f', clusterFile(), '--json'], {
      onLine: (line) => {
        if (cut === undefined && line.includes('"step-log"') && line.includes('[control-plane]')) {
          cut = hosts[0]?.run(['pkill', '-f', '^sshd: ops']);
        }
      },
    });
    expect(cut).toBeDefined();
    expect(result.stderr).toBe('');
    expect(result.exitCode).toBe(0);
    const journal = await hosts[0]?.run([
      'journalctl',
      '-u',
      'k8s-bootstrap-init',
      '-o',
      'cat',
      '--no-pager',
    ]);
    expect(journal?.stdout.match(/^Starting k8s-bootstrap-init/gm)).toHaveLength(3);
  });

  test('down leaves every host as it was before, whatever was tried in between', async () => {
    const result = await cli(['down', '-f', clusterFile(), '--json']);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await changes()).toEqual([]);
  });
});

interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } },
  ];
  readonly users: readonly [
    { readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string } },
  ];
}

/** A request with the kubeconfig's credentials, from this machine. */
async function get(path: string, url: string): Promise<string> {
  const config = parse(readFileSync(path, 'utf8')) as Kubeconfig;
  const { cluster } = config.clusters[0];
  const { user } = config.users[0];
  const decode = (text: string): Buffer => Buffer.from(text, 'base64');
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  request(`${cluster.server}${url}`, {
    ca: decode(cluster['certificate-authority-data']),
    cert: decode(user['client-certificate-data']),
    key: decode(user['client-key-data']),
  })
    .on('response', (response) => {
      let body = '';
      response.on('data', (data: Buffer) => (body += data.toString()));
      response.on('end', () => {
        resolve(body);
      });
    })
    .on('error', reject)
    .end();
  return promise;
}
