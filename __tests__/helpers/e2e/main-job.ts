import { readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Runner } from '../../../src/exec/runner.ts';
import type { Report } from '../../../src/report/model.ts';
import { action, removeActions, type ActionRun } from './action.ts';
import { watchCommandLines } from './argv-watch.ts';
import { askApi, readKubeconfig } from './ask-api.ts';
import { bed, kubectl, leave, temporaryFile, testedVersions, traces } from './bed.ts';
import { cli } from './cli.ts';
import { expectVerified } from './report.ts';
import type { Site } from './site.ts';

/**
 * The main job, and all that is promised of it, on any provider: three nodes become a verified cluster. Nothing in here
 * may ask which provider it is.
 *
 * @param own what only one of them has: tests on the cluster, inputs of the last run, tests on what that run leaves.
 */
export function describeMainJob(
  site: Site,
  own: {
    readonly meanwhile?: () => void;
    readonly lastInputs?: () => Record<string, string>;
    readonly afterwards?: () => void;
  } = {},
): void {
  describe(`the main job with provider ${site.provider}: three nodes become a verified cluster`, () => {
    const [controlPlane, worker, other] = site.names;
    const { version, oldest } = testedVersions();
    const run = (inputs: Record<string, string> = {}): Promise<ActionRun> =>
      action({ config: site.clusterFile(), ...inputs });
    let nodes: readonly Runner[] = [];
    let first: ActionRun;
    let commandLines = '';

    beforeAll(async () => {
      await site.prepare();
      const watch = await watchCommandLines(await site.watched());
      first = await run();
      commandLines = await watch.stop();
      nodes = await site.nodes();
      if (first.exitCode !== 0) console.error(first.log);
    });

    afterAll(async () => {
      removeActions();
      await leave(nodes);
    });

    test('succeeds, with every node Ready at the wanted version', () => {
      expect(first.exitCode).toBe(0);
      const summaries = JSON.parse(first.outputs['nodes'] ?? '[]') as Report['nodes'];
      expect(
        summaries.map(({ name, role, ready, kubeletVersion }) => [name, role, ready, kubeletVersion]),
      ).toEqual([
        [controlPlane, 'control-plane', true, version],
        [worker, 'worker', true, version],
        [other, 'worker', true, version],
      ]);
      expect(first.outputs).toMatchObject({
        'node-count': '3',
        'kubernetes-version': version,
        cni: 'flannel',
        'cni-version': '0.28.9',
        'control-plane-endpoint': expect.stringMatching(site.endpoint),
        outcome: 'success',
        unchanged: 'false',
      });
    });

    test('nginx ran and answered on several nodes', () => {
      const pods = JSON.parse(first.outputs['pods'] ?? '{}') as Record<string, string>;
      expect(new Set(Object.values(pods)).size).toBe(3);
      const report = JSON.parse(readFileSync(first.outputs['report'] ?? '', 'utf8')) as Report;
      expectVerified(report);
      expect(report.checks[1]?.probes).toHaveLength(9);
      expect(first.summary).toContain(other);
    });

    test('the kubeconfig is private, short-lived and works from here', async () => {
      const path = first.outputs['kubeconfig'] ?? '';
      expect(statSync(path).mode & 0o777).toBe(0o600);
      const answer = await askApi(path, '/api/v1/nodes');
      expect((JSON.parse(answer) as { items: unknown[] }).items).toHaveLength(3);
    });

    test('no secret is in the log, the outputs, the state, the summary, the report, any command line, or in what is left on the nodes', async () => {
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
        await traces(nodes),
      ].join('\n');
      expect(shown).not.toContain(clientKey);
      expect(shown).not.toContain(Buffer.from(clientKey, 'base64').toString().split('\n')[2]);
      expect(shown).not.toContain(sshKey);
      // Events are named like tokens, behind a node's name.
      expect(shown).not.toMatch(/(?<![-\w])[a-z0-9]{6}\.[a-z0-9]{16}\b/);
      // The watch did see what it was to see.
      expect(commandLines).toMatch(/kubeadm init --config=/);
    });

    test('the join token is gone from the cluster', async () => {
      const tokens = await kubectl(nodes[0], '-n', 'kube-system', 'get', 'secrets', '-o', 'name');
      expect(tokens).not.toContain('bootstrap-token');
    });

    test('a second run changes nothing and says so', async () => {
      const second = await run();
      expect(second.exitCode).toBe(0);
      expect(second.outputs['unchanged']).toBe('true');
      expect(Object.keys(second.outputs).sort()).toEqual(Object.keys(first.outputs).sort());
    });

    test('verify, nodes and kubeconfig find the cluster', async () => {
      const file = site.clusterFile();
      expect(await cli(['verify', '-f', file, '--json'])).toMatchObject({ exitCode: 0, stderr: '' });
      expect((await cli(['nodes', '-f', file])).stdout).toMatch(new RegExp(`${worker}\\s+Ready\\s+worker`));
      const path = temporaryFile('kubeconfig', 'longer than what comes in its place\n'.repeat(1000));
      const written = await cli(['kubeconfig', '-f', file, '--kubeconfig', path, '--json']);
      expect(written).toMatchObject({ exitCode: 0, stderr: '' });
      expect(JSON.parse(await askApi(path, '/version'))).toMatchObject({ gitVersion: `v${version}` });
    });

    test('the gate fails with one schedulable node, and names what closes the others', async () => {
      await kubectl(nodes[0], 'cordon', worker, other);
      const result = await run();
      await kubectl(nodes[0], 'uncordon', worker, other);
      expect(result.exitCode).toBe(1);
      expect(result.outputs['outcome']).toBe('failure');
      expect(result.log).toContain('E_VERIFY');
      expect(result.log).toContain(
        `only 1 of 3 nodes can take pods: ${worker} is cordoned; ${other} is cordoned`,
      );
    });

    test('a missing nginx image fails the job and is named', async () => {
      const result = await run({ 'nginx-image': 'docker.io/library/nginx:0.0.1' });
      expect(result.exitCode).toBe(1);
      expect(result.log).toContain('E_IMAGE');
      expect(result.log).toContain('cannot pull docker.io/library/nginx:0.0.1');
    });

    test('another version is refused, and the cluster stays as it is', async () => {
      const wanted = site.clusterFile({ kubernetes: { version: oldest } });
      const result = await cli(['up', '-f', wanted]);
      expect([result.exitCode, result.stderr]).toEqual([20, expect.stringContaining('version-differs')]);
    });

    own.meanwhile?.();

    test('the post step leaves everything as it was', async () => {
      const last = await run({ ...own.lastInputs?.(), cleanup: 'reset' });
      expect([last.exitCode, last.outputs['unchanged'], last.outputs['node-count']]).toEqual([
        0,
        'true',
        '3',
      ]);
      const post = await last.post();
      expect(post.exitCode).toBe(0);
      expect(await site.changes()).toEqual([]);
    });

    own.afterwards?.();
  });
}
