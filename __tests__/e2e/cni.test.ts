import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { cniNamed } from '../../src/cni/index.ts';
import type { Runner } from '../../src/exec/runner.ts';
import { parseManifest } from '../../src/kube/objects.ts';
import type { Report } from '../../src/report/model.ts';
import { freshHosts } from '../../testbed/src/index.ts';
import { fakeContext, fakeSpec } from '../helpers/cluster.ts';
import { clusterFile, leave, rootOnAll } from '../helpers/e2e/bed.ts';
import { cli } from '../helpers/e2e/cli.ts';
import { keptObject, serverSide } from '../helpers/e2e/server-side.ts';
import { differences, snapshot, type Snapshot } from '../helpers/e2e/snapshot.ts';

jest.setTimeout(8 * 60_000);

/** Brings the cluster up with this CNI; verified on all nodes, or the test fails. */
async function up(file: string): Promise<Report> {
  const { exitCode, stdout, stderr } = await cli(['up', '-f', file, '--json']);
  expect([exitCode, stderr]).toEqual([0, '']);
  const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Report;
  expect(report.checks.map(({ id, status }) => [id, status])).toEqual([
    ['nginx-running', 'pass'],
    ['nginx-answers', 'pass'],
    ['service', 'pass'],
    ['dns', 'pass'],
  ]);
  return report;
}

/** Lines of the hosts' snapshots with one of these words: what is left of a network. */
async function linesWith(hosts: readonly Runner[], words: RegExp): Promise<readonly string[]> {
  const parts = ['links', 'routes', 'rules', 'iptables', 'nftables', 'ipsets', 'bpf', 'filters', 'mounts'];
  const files = ['etc', 'programs', 'run'];
  const all = await Promise.all(hosts.map(snapshot));
  return all.flatMap((one) =>
    [...parts, ...files].flatMap((part) =>
      (one[part] ?? []).filter((line) => words.test(line)).map((line) => `${part}: ${line}`),
    ),
  );
}

describe('the CNI of a live cluster, with provider ssh', () => {
  let hosts: readonly Runner[] = [];
  let before: readonly Snapshot[] = [];
  const smaller = (): string => clusterFile({ cni: { options: { mtu: 1300 } } });

  beforeAll(async () => {
    await freshHosts({ print: () => undefined });
    hosts = await rootOnAll();
    before = await Promise.all(hosts.map(snapshot));
  });

  afterAll(() => leave(hosts));

  test('Flannel comes up with an option of its own', async () => {
    const { cluster } = await up(smaller());
    expect(cluster).toMatchObject({ cni: 'flannel' });
    // 1450 is what the bed's network leaves by itself.
    expect(await linesWith(hosts, /^flannel\.1 1450$/)).toEqual([]);
  });

  test('up with other options takes it away and brings it anew; the next run changes nothing', async () => {
    const { cluster, unchanged } = await up(clusterFile());
    expect([cluster.cni, unchanged]).toEqual(['flannel', false]);
    expect(await linesWith(hosts, /^flannel\.1 1450$/)).toHaveLength(3);
    expect((await up(clusterFile())).unchanged).toBe(true);
  });

  test.each([
    ['calico', '3.32.1', {}, ['calico-vxlan.yaml']],
    ['calico', '3.32.1', { backend: 'ipip', encryption: 'wireguard', mtu: 1400 }, ['calico.yaml']],
    ['calico', '3.32.1', { kubeProxyReplacement: true }, ['calico-vxlan.yaml']],
    ['kube-router', '2.11.1', {}, ['kubeadm-kuberouter.yaml']],
    ['kube-router', '2.11.1', { kubeProxyReplacement: true }, ['kubeadm-kuberouter-all-features.yaml']],
    ['weave', '2.9.0', {}, ['weave-daemonset-k8s-1.11.yaml']],
    ['weave', '2.8.1', { networkPolicy: false, mtu: 1300 }, ['weave-daemonset-k8s-1.11.yaml']],
  ])(
    'its API server takes all that %s %s with %j consists of, field by field',
    async (name, version, options, files) => {
      const cni = cniNamed(name);
      const spec = fakeSpec({ with: { cni: { ...fakeSpec().cni, name, options } } });
      const read = (file: string) => readFileSync(`testbed/manifests/${name}/v${version}/${file}`, 'utf8');
      const upstream = files.flatMap((file) => parseManifest(read(file), file));
      const objects = cni.render(upstream, fakeContext(spec, version));

      const answer = await serverSide(hosts[0], objects);
      const others = objects.filter(({ kind }) => kind !== 'CustomResourceDefinition');
      expect(answer).toHaveLength(others.length);
      for (const [index, object] of others.entries()) expect(answer[index]).toMatchObject(keptObject(object));
    },
  );

  test('down leaves every host as it was before', async () => {
    expect(await cli(['down', '-f', clusterFile(), '--json'])).toMatchObject({ exitCode: 0, stderr: '' });
    const now = await Promise.all(hosts.map(snapshot));
    expect(now.flatMap((after, index) => differences(before[index] ?? {}, after))).toEqual([]);
  });
});
