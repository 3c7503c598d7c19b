import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { kubernetesPrograms } from '../../../src/artifacts/catalog.ts';
import { manifest } from '../../../src/cni/manifest.ts';
import { Cluster } from '../../../src/engine/cluster.ts';
import { resolve } from '../../../src/engine/steps/resolve.ts';
import { renderManifest } from '../../../src/kube/objects.ts';
import type { ClusterSpec } from '../../../src/spec/cluster-spec.ts';
import { fakeCluster, fakeFacts, fakeSpec } from '../../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../../helpers/failure.ts';
import { serveFiles } from '../../helpers/file-server.ts';
import { flannelObjects } from '../../helpers/flannel-manifest.ts';

const tools = { signal: quiet, log: () => undefined };
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'resolve-'));
  writeFileSync(join(dir, 'cni.yaml'), renderManifest(flannelObjects));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

/** A cluster whose CNI is a manifest, so that nothing has to be fetched. */
function setUp(changes: Partial<ClusterSpec> = {}, arch: 'amd64' | 'arm64' = 'amd64') {
  const cni = { ...fakeSpec().cni, name: 'manifest', manifest: join(dir, 'cni.yaml') };
  const { cluster } = fakeCluster({ with: { cni, ...changes } });
  cluster.kubernetesVersion = '';
  cluster.controlPlane.learn(fakeFacts(0, { arch }));
  return { cluster, run: () => resolve.run(cluster, tools) };
}

describe('resolve', () => {
  test('settles versions, artifacts and the CNI’s objects', async () => {
    const { cluster, run } = setUp();
    expect(await run()).toEqual({ changed: false, note: 'Kubernetes 1.36.3, a manifest of your own' });
    expect(cluster).toMatchObject({
      kubernetesVersion: '1.36.3',
      cniVersion: '',
      cniObjects: flannelObjects,
    });
    expect(cluster.artifacts?.kubeadm).toMatchObject({ version: '1.36.3' });
    expect(cluster.artifacts?.kubeadm.url).toContain('/amd64/');
  });

  test('artifacts are for the hosts’ architecture', async () => {
    const { cluster, run } = setUp({}, 'arm64');
    await run();
    expect(cluster.artifacts?.kubeadm.url).toContain('/arm64/');
  });

  test('online, versions and checksums are upstream’s where no table has them', async () => {
    const [kubeadm, kubelet, kubectl] = kubernetesPrograms('1.37.2', 'amd64');
    using files = await serveFiles({
      '/dl.k8s.io/release/stable.txt': 'v1.37.2',
      [`/${kubeadm ?? ''}.sha256`]: 'a'.repeat(64),
      [`/${kubelet ?? ''}.sha256`]: 'b'.repeat(64),
      [`/${kubectl ?? ''}.sha256`]: 'c'.repeat(64),
    });
    const { kubernetes, artifacts, hosts } = fakeSpec();
    const { cluster, run } = setUp({
      kubernetes: { ...kubernetes, version: 'stable', channel: 'online' },
      artifacts: { ...artifacts, mirror: `http://${files.host}` },
      hosts: hosts.map((host, index) => (index === 2 ? { ...host, kubeletVersion: '1.34.0' } : host)),
    });
    expect(await run()).toMatchObject({ note: expect.stringContaining('Kubernetes 1.37.2') });
    expect(cluster.artifacts).toMatchObject({
      kubeadm: { version: '1.37.2', sha256: 'a'.repeat(64) },
      kubelet: { version: '1.37.2', sha256: 'b'.repeat(64) },
      containerd: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect([...cluster.kubelets.keys()]).toEqual(['1.34.0']);
    // That of the older kubelet is in the table.
    expect(files.requests).toHaveLength(4);
  });

  test('a version of the CNI that is not known is E_VERSION and tells the known', async () => {
    const { cluster } = fakeCluster({ with: { cni: { ...fakeSpec().cni, version: 'v9.9.9' } } });
    expect(await bootstrapFailure(resolve.run(cluster, tools))).toMatchObject({
      code: 'E_VERSION',
      where: 'cni.version',
      message: 'Flannel 9.9.9 is not known',
      hint: expect.stringContaining('0.28.9'),
    });
  });

  test.each([
    ['default', '2.0.0'],
    ['v1.0.0', '1.0.0'],
    ['2.0.0', '2.0.0'],
  ])('CNI version %s is %s', async (version, exact) => {
    const { cluster: base } = setUp();
    const { spec, events, clock, redactor, connect } = base;
    const cni = { ...manifest, versions: ['2.0.0', '1.0.0'] };
    const changed = { ...spec, cni: { ...spec.cni, version } };
    const cluster = new Cluster({ spec: changed, cni, events, clock, redactor, connect });
    for (const host of cluster.hosts) host.learn(fakeFacts());
    await resolve.run(cluster, tools);
    expect(cluster.cniVersion).toBe(exact);
  });

  test('a manifest of the user’s may be of any version', async () => {
    const { cluster, run } = setUp({
      cni: { ...fakeSpec().cni, name: 'manifest', manifest: join(dir, 'cni.yaml'), version: 'v7' },
    });
    await run();
    expect(cluster.cniVersion).toBe('7');
  });
});
