import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Runner } from '../../src/exec/runner.ts';
import { watchCommandLines } from '../helpers/e2e/argv-watch.ts';
import {
  bed,
  clusterFile,
  kubectl,
  leave,
  temporaryFile,
  testedVersions,
  traces,
} from '../helpers/e2e/bed.ts';
import { askApi } from '../helpers/e2e/ask-api.ts';
import { cli, type CliResult } from '../helpers/e2e/cli.ts';
import { verifiedReport } from '../helpers/e2e/report.ts';
import { sshSite } from '../helpers/e2e/site.ts';

jest.setTimeout(8 * 60_000);

describe('another version and manifest, two control planes, pushed artifacts, sudo with a password', () => {
  const site = sshSite();
  let hosts: readonly Runner[] = [];
  let result: CliResult;
  let commandLines = '';
  const { oldest } = testedVersions();
  const file = (): string =>
    clusterFile({
      kubernetes: { version: oldest },
      cni: { name: 'manifest', manifest: resolve('testbed/manifests/flannel/v0.28.9/kube-flannel.yml') },
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
    await site.prepare();
    hosts = await site.nodes();
    const watch = await watchCommandLines(hosts);
    result = await cli(['up', '-f', file(), '--json'], { env: env() });
    commandLines = await watch.stop();
  });

  afterAll(() => leave(hosts));

  test('comes up and is verified on all three nodes', () => {
    const { nodes } = verifiedReport(result);
    expect(nodes.map(({ role, kubeletVersion, ready }) => [role, kubeletVersion, ready])).toEqual([
      ['control-plane', oldest, true],
      ['control-plane', oldest, true],
      ['worker', oldest, true],
    ]);
  });

  test('what the control planes joined with is gone from the cluster and was never to be seen', async () => {
    expect(await kubectl(hosts[0], '-n', 'kube-system', 'get', 'secrets', '-o', 'name')).not.toMatch(
      /kubeadm-certs|bootstrap-token/,
    );
    expect(commandLines).toContain('kubeadm join --config=');
    const shown = [commandLines, result.stdout, await traces(hosts)].join('\n');
    expect(shown).toContain('[upload-certs] Storing the certificates in Secret');
    expect(shown).not.toMatch(/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/);
    expect(shown).not.toMatch(/certificate-key[= ]+[0-9a-f]{64}/);
    expect(shown).not.toContain(bed().askpassPassword);
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
    const path = temporaryFile('kubeconfig', 'longer than what comes in its place\n'.repeat(1000));
    expect(
      await cli(['kubeconfig', '-f', file(), '--kubeconfig', path, '--json'], { env: env() }),
    ).toMatchObject({ exitCode: 0, stderr: '' });
    const answer = await askApi(path, '/version');
    expect(JSON.parse(answer)).toMatchObject({ gitVersion: `v${oldest}` });
  });

  test('down leaves every host as it was before', async () => {
    expect(await cli(['down', '-f', file(), '--json'], { env: env() })).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    expect(await site.changes()).toEqual([]);
  });
});
