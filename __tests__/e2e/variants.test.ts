import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Runner } from '../../src/exec/runner.ts';
import type { Report } from '../../src/report/model.ts';
import { freshHosts } from '../../testbed/src/index.ts';
import { watchCommandLines } from '../helpers/e2e/argv-watch.ts';
import { bed, clusterFile, kubectl, rootOnAll } from '../helpers/e2e/bed.ts';
import { cli, type CliResult } from '../helpers/e2e/cli.ts';
import { differences, snapshot, type Snapshot } from '../helpers/e2e/snapshot.ts';

jest.setTimeout(8 * 60_000);

describe('another version, two control planes, pushed artifacts, sudo with a password', () => {
  let hosts: readonly Runner[] = [];
  let before: readonly Snapshot[] = [];
  let result: CliResult;
  let commandLines = '';
  const file = (): string =>
    clusterFile({
      kubernetes: { version: '1.34.4' },
      ssh: { user: 'askpass' },
      hosts: bed().hosts.map(({ address }, index) => ({
        address,
        role: index < 2 ? 'control-plane' : 'worker',
        ...(index === 2 ? { labels: { 'example.com/pool': 'blue' } } : {}),
      })),
      artifacts: { distribution: 'push' },
      verify: { minNodes: 3 },
    });
  const env = (): Record<string, string> => ({ K8S_BOOTSTRAP_SUDO_PASSWORD: bed().askpassPassword });

  beforeAll(async () => {
    await freshHosts({ print: () => undefined });
    hosts = await rootOnAll();
    before = await Promise.all(hosts.map(snapshot));
    const watch = await watchCommandLines(hosts);
    result = await cli(['up', '-f', file(), '--json'], { env: env() });
    commandLines = await watch.stop();
  });

  afterAll(() => Promise.all(hosts.map((host) => host.close())));

  test('comes up and is verified on all three nodes', () => {
    expect(result.stderr).toBe('');
    expect(result.exitCode).toBe(0);
    const report = JSON.parse(result.stdout.trim().split('\n').at(-1) ?? '') as Report;
    expect(report.nodes.map(({ role, kubeletVersion, ready }) => [role, kubeletVersion, ready])).toEqual([
      ['control-plane', '1.34.4', true],
      ['control-plane', '1.34.4', true],
      ['worker', '1.34.4', true],
    ]);
    expect(report.checks.every(({ status }) => status === 'pass')).toBe(true);
  });

  test('the certificate key is gone from the cluster and was never to be seen', async () => {
    expect(await kubectl(hosts[0], '-n', 'kube-system', 'get', 'secrets', '-o', 'name')).not.toMatch(
      /kubeadm-certs|bootstrap-token/,
    );
    expect(commandLines).toContain('kubeadm join --config=');
    expect(commandLines).not.toMatch(/certificate-key[= ][0-9a-f]/);
    expect(commandLines + result.stdout).not.toContain(bed().askpassPassword);
  });

  test('labels are on the node', async () => {
    expect(await kubectl(hosts[0], 'get', 'nodes', '-l', 'example.com/pool=blue', '-o', 'name')).toBe(
      'node/host-3\n',
    );
  });

  test('verify, nodes and kubeconfig find the cluster', async () => {
    expect(await cli(['verify', '-f', file(), '--json'], { env: env() })).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    const nodes = await cli(['nodes', '-f', file()], { env: env() });
    expect(nodes.stdout).toMatch(/host-2\s+Ready\s+control-plane/);
  });

  test('down leaves every host as it was before', async () => {
    expect(await cli(['down', '-f', file(), '--json'], { env: env() })).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    const now = await Promise.all(hosts.map(snapshot));
    expect(now.flatMap((after, index) => differences(before[index] ?? {}, after))).toEqual([]);
  });
});
