import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { CniContext } from '../../src/cni/cni.ts';
import { cniNamed } from '../../src/cni/index.ts';
import type { Runner } from '../../src/exec/runner.ts';
import { isDefinition, parseManifest } from '../../src/kube/objects.ts';
import type { Report } from '../../src/report/model.ts';
import { cniOptions } from '../../testbed/src/index.ts';
import { fakeContext } from '../helpers/cluster.ts';
import { specWithCni } from '../helpers/cni-specs.ts';
import { clusterFile, leave } from '../helpers/e2e/bed.ts';
import { cli } from '../helpers/e2e/cli.ts';
import { verifiedReport } from '../helpers/e2e/report.ts';
import { keptObject, serverSide } from '../helpers/e2e/server-side.ts';
import { sshSite } from '../helpers/e2e/site.ts';
import { changesSince, snapshots, type Snapshot } from '../helpers/e2e/snapshot.ts';

jest.setTimeout(8 * 60_000);

/** Brings the cluster up with this CNI; verified on all nodes, or the test fails. */
async function up(file: string): Promise<Report> {
  return verifiedReport(await cli(['up', '-f', file, '--json']));
}

/** What a network is made of on hosts, without what comes and goes with pods. */
const ofNetworks = ['links', 'routes', 'rules', 'iptables', 'nftables', 'ipsets', 'bpf', 'filters', 'mounts'];
const ofFiles = ['unit-files', 'services', 'etc', 'programs', 'run', 'sysctls'];
// cni0 has the MTU of what is in it, which on a node without pods is nothing.
const ofPods =
  /\bveth|: . cni0 \d+$|KUBE-SEP-|KUBE-SVC-|KUBE-MARK-MASQ|dnat to |\/var\/lib\/kubelet\/pods\/|\/run\/containerd\/|\/run\/netns\//;

/** Per host, what is other than it was. */
async function otherThan(before: readonly Snapshot[], hosts: readonly Runner[]): Promise<readonly string[]> {
  const changes = await changesSince(before, hosts, [...ofNetworks, ...ofFiles]);
  return changes.filter((line) => !ofPods.test(line));
}

describe('the CNI of a live cluster, with provider ssh', () => {
  const site = sshSite();
  let hosts: readonly Runner[] = [];
  let withFlannel: readonly Snapshot[] = [];
  const flannel = (): string => clusterFile({ cni: { options: { backend: 'host-gw', mtu: 1400 } } });
  const cilium = (): string =>
    clusterFile({
      cni: {
        name: 'cilium',
        options: { ...cniOptions.cilium, backend: 'native', kubeProxyReplacement: true },
      },
    });

  beforeAll(async () => {
    await site.prepare();
    hosts = await site.nodes();
  });

  afterAll(() => leave(hosts));

  test('Flannel comes up with options of its own', async () => {
    const { cluster } = await up(flannel());
    expect(cluster).toMatchObject({ cni: 'flannel' });
    withFlannel = await snapshots(hosts);
    const links = withFlannel.flatMap(({ links: lines }) => lines ?? []);
    expect(links.filter((line) => line === 'cni0 1400')).not.toEqual([]);
    expect(links.filter((line) => line.startsWith('flannel.1'))).toEqual([]);
  });

  test('up with Cilium takes Flannel and kube-proxy away; the next run changes nothing', async () => {
    const { cluster, nodes, unchanged } = await up(cilium());
    expect([cluster.cni, unchanged]).toEqual(['cilium', false]);
    expect(nodes.map(({ ready }) => ready)).toEqual([true, true, true]);
    const now = await snapshots(hosts);
    const parts = now.flatMap((one) => [...ofNetworks, 'run'].flatMap((part) => one[part] ?? []));
    expect(parts.filter((line) => /flannel|\bcni0\b|KUBE-S(EP|VC)-/i.test(line))).toEqual([]);
    expect((await up(cilium())).unchanged).toBe(true);
  });

  test('up with Flannel leaves nothing of Cilium: hosts are as they were with Flannel before', async () => {
    const { cluster, nodes } = await up(flannel());
    expect([cluster.cni, nodes.every(({ ready }) => ready)]).toEqual(['flannel', true]);
    expect(await otherThan(withFlannel, hosts)).toEqual([]);
  });

  test.each([
    ['calico', '3.32.1', {}, ['calico-vxlan.yaml']],
    ['calico', '3.32.1', { backend: 'ipip', encryption: 'wireguard', mtu: 1400 }, ['calico.yaml']],
    ['calico', '3.32.1', { kubeProxyReplacement: true, crossSubnet: true }, ['calico-vxlan.yaml']],
    ['calico', '3.32.1', { backend: 'bgp' }, ['calico.yaml']],
    ['kube-router', '2.11.1', {}, ['kubeadm-kuberouter.yaml']],
    ['kube-router', '2.11.1', { overlay: 'full', overlayEncap: 'fou' }, ['kubeadm-kuberouter.yaml']],
    ['kube-router', '2.11.1', { kubeProxyReplacement: true }, ['kubeadm-kuberouter-all-features.yaml']],
    ['weave', '2.9.0', {}, ['weave-daemonset-k8s-1.11.yaml']],
    ['weave', '2.9.0', { backend: 'sleeve' }, ['weave-daemonset-k8s-1.11.yaml']],
    ['weave', '2.8.1', { networkPolicy: false, mtu: 1300 }, ['weave-daemonset-k8s-1.11.yaml']],
  ])(
    'its API server takes all that %s %s with %j consists of, field by field',
    async (name, version, options, files) => {
      await expectTaken(fakeContext(specWithCni(name, options), version), files);
    },
  );

  test.each([
    ['calico', '3.32.1', ['calico-vxlan.yaml']],
    ['kube-router', '2.11.1', ['kubeadm-kuberouter.yaml']],
  ])('so with dual stack, of %s %s', async (name, version, files) => {
    const spec = specWithCni(name);
    const dual = { ...spec, cni: { ...spec.cni, podCIDR: '10.244.0.0/16,fd00:10:244::/56' } };
    await expectTaken(fakeContext(dual, version), files);
  });

  /** @param files of upstream's manifest. */
  async function expectTaken(context: CniContext, files: readonly string[]): Promise<void> {
    const { name } = context.spec.cni;
    const read = (file: string) =>
      readFileSync(`testbed/manifests/${name}/v${context.version}/${file}`, 'utf8');
    const upstream = files.flatMap((file) => parseManifest(read(file), file));
    const objects = cniNamed(name).render(upstream, context);

    const answer = await serverSide(hosts[0], objects);
    const others = objects.filter((object) => !isDefinition(object));
    expect(answer).toHaveLength(others.length);
    for (const [index, object] of others.entries()) expect(answer[index]).toMatchObject(keptObject(object));
  }

  test('down leaves every host as it was before', async () => {
    expect(await cli(['down', '-f', clusterFile(), '--json'])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await site.changes()).toEqual([]);
  });
});
