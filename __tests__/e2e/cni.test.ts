import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { cniNamed } from '../../src/cni/index.ts';
import type { Runner } from '../../src/exec/runner.ts';
import { parseManifest } from '../../src/kube/objects.ts';
import type { Report } from '../../src/report/model.ts';
import { freshHosts } from '../../testbed/src/index.ts';
import { fakeContext, fakeSpec } from '../helpers/cluster.ts';
import { clusterFile, kubectl, leave, rootOnAll } from '../helpers/e2e/bed.ts';
import { cli } from '../helpers/e2e/cli.ts';
import { kept, serverSide } from '../helpers/e2e/server-side.ts';
import { kindSite } from '../helpers/e2e/site.ts';
import { differences, snapshot, type Snapshot } from '../helpers/e2e/snapshot.ts';

jest.setTimeout(8 * 60_000);

/** The bed has no Envoy, and its images have digests of their own. */
const ciliumHere = { l7Proxy: false, useDigest: false };

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

const FLANNEL = /flannel|cni0/i;
const CILIUM = /cilium|lxc|cil_/i;
const KUBE_PROXY = /KUBE-(SVC|SEP|SERVICES)/;

describe('the CNI of a live cluster, with provider ssh', () => {
  let hosts: readonly Runner[] = [];
  let before: readonly Snapshot[] = [];
  const hostGw = (): string => clusterFile({ cni: { options: { backend: 'host-gw' } } });
  const cilium = (): string =>
    clusterFile({ cni: { name: 'cilium', options: { ...ciliumHere, kubeProxyReplacement: true } } });

  beforeAll(async () => {
    await freshHosts({ print: () => undefined });
    hosts = await rootOnAll();
    before = await Promise.all(hosts.map(snapshot));
  });

  afterAll(() => leave(hosts));

  test('Flannel with host-gw comes up, without a tunnel', async () => {
    const { cluster } = await up(hostGw());
    expect(cluster).toMatchObject({ cni: 'flannel' });
    expect(await linesWith(hosts, /flannel\.1/)).toEqual([]);
    expect(await linesWith(hosts.slice(0, 1), /^10\.244\.\d\.0\/24 via 10\.89\.37\.1[23] /)).toHaveLength(2);
  });

  test('up with Cilium replaces it and kube-proxy, and nothing of them is left', async () => {
    const { cluster, unchanged } = await up(cilium());
    expect([cluster.cni, unchanged]).toEqual(['cilium', false]);
    expect(await linesWith(hosts, FLANNEL)).toEqual([]);
    expect(await linesWith(hosts, KUBE_PROXY)).toEqual([]);
    expect(await kubectl(hosts[0], 'get', 'daemonsets', '-A', '-o', 'name')).toBe('daemonset.apps/cilium\n');
    expect(await kubectl(hosts[0], 'get', 'nodes', '-o', 'jsonpath={.items[*].spec.unschedulable}')).toBe('');
  });

  test('another run with it changes nothing', async () => {
    expect((await up(cilium())).unchanged).toBe(true);
  });

  test('up with Flannel, by VXLAN, brings kube-proxy back, and nothing of Cilium is left', async () => {
    const { cluster } = await up(clusterFile());
    expect(cluster.cni).toBe('flannel');
    expect(await linesWith(hosts, CILIUM)).toEqual([]);
    expect(await linesWith(hosts, KUBE_PROXY)).not.toEqual([]);
    expect(await kubectl(hosts[0], 'get', 'crd', '-o', 'name')).toBe('');
  });

  test('down leaves every host as it was before', async () => {
    expect(await cli(['down', '-f', clusterFile(), '--json'])).toMatchObject({ exitCode: 0, stderr: '' });
    const now = await Promise.all(hosts.map(snapshot));
    expect(now.flatMap((after, index) => differences(before[index] ?? {}, after))).toEqual([]);
  });
});

describe('Cilium with native routing and without kube-proxy, with provider kind', () => {
  const site = kindSite('cilium');
  const options = { ...ciliumHere, backend: 'native', kubeProxyReplacement: true };
  const file = (): string => site.clusterFile({ cni: { name: 'cilium', options }, kind: { workers: 1 } });

  beforeAll(() => site.prepare());
  afterAll(() => leave([]));

  test('comes up', async () => {
    const { nodes } = await up(file());
    expect(nodes.map(({ ready }) => ready)).toEqual([true, true]);
    const [controlPlane] = await site.nodes();
    expect(await kubectl(controlPlane, 'get', 'daemonsets', '-A', '-o', 'name')).toBe(
      'daemonset.apps/cilium\n',
    );
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
      const [controlPlane] = await site.nodes();
      const answer = await serverSide(controlPlane, objects);
      const others = objects.filter(({ kind }) => kind !== 'CustomResourceDefinition');
      expect(answer).toHaveLength(others.length);
      for (const [index, object] of others.entries())
        expect(answer[index]).toMatchObject(kept(object) as object);
    },
  );

  test('is taken away', async () => {
    expect(await cli(['down', '-f', file(), '--json'])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await site.changes()).toEqual([]);
  });
});
