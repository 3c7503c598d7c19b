import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readManifests } from '../../src/engine/manifest.ts';
import { renderManifest } from '../../src/kube/objects.ts';
import type { CniSpec } from '../../src/spec/cluster-spec.ts';
import type { RemoteCache } from '../../src/artifacts/remote-cache.ts';
import { fakeCluster, fakeSpec } from '../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../helpers/failure.ts';
import { serveFiles } from '../helpers/file-server.ts';
import { FakeRunner } from '../helpers/fake-runner.ts';
import { flannelObjects } from '../helpers/flannel-manifest.ts';

const text = renderManifest(flannelObjects);
const sha256Of = (content: string): string => createHash('sha256').update(content).digest('hex');
const sha256 = sha256Of(text);

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'k8s-bootstrap-manifest-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

function file(content: string): string {
  const path = join(dir, 'cni.yaml');
  writeFileSync(path, content);
  return path;
}

/** Reads the manifest of the user's that `cni` names. */
function read(cni: Partial<CniSpec>) {
  const { artifacts, cni: base } = fakeSpec();
  const { cluster } = fakeCluster({
    with: { cni: { ...base, name: 'manifest', ...cni }, artifacts: { ...artifacts, cacheDir: dir } },
  });
  return readManifests(cluster, quiet);
}

describe('a manifest in a file', () => {
  test('is read, with or without a checksum', async () => {
    expect(await read({ manifest: file(text) })).toEqual(flannelObjects);
    expect(await read({ manifest: file(text), sha256 })).toEqual(flannelObjects);
  });

  test('that is another than its checksum says is refused, with the actual one', async () => {
    expect(await bootstrapFailure(read({ manifest: file(`${text}\n`), sha256 }))).toMatchObject({
      code: 'E_CHECKSUM',
      where: 'cni.sha256',
      message: expect.stringContaining(sha256Of(`${text}\n`)),
    });
  });

  test.each(['', '---\n', '# nothing\n---\n---\n'])('without objects (%j) is no network', async (content) => {
    const manifest = file(content);
    expect(await bootstrapFailure(read({ manifest }))).toMatchObject({
      code: 'E_CNI',
      where: 'cni.manifest',
      message: `${manifest} holds no Kubernetes objects`,
    });
  });

  test('that is not there is told by its field', async () => {
    const manifest = join(dir, 'absent.yaml');
    expect(await bootstrapFailure(read({ manifest }))).toMatchObject({
      code: 'E_SPEC',
      where: 'cni.manifest',
      message: `cannot read the manifest ${manifest}`,
    });
  });
});

describe('a manifest at a URL', () => {
  test('is fetched once and then taken from the cache', async () => {
    using server = await serveFiles({ '/cni.yaml': text });
    const manifest = `http://${server.host}/cni.yaml`;
    expect(await read({ manifest, sha256 })).toEqual(flannelObjects);
    expect(await read({ manifest, sha256 })).toEqual(flannelObjects);
    expect(server.requests).toEqual(['GET /cni.yaml']);
  });

  test('that answers with something else is refused', async () => {
    using server = await serveFiles({ '/cni.yaml': `${text}# altered` });
    expect(
      await bootstrapFailure(read({ manifest: `http://${server.host}/cni.yaml`, sha256 })),
    ).toMatchObject({ code: 'E_CHECKSUM' });
  });

  test('without a checksum is not even asked for', async () => {
    using server = await serveFiles({ '/cni.yaml': text });
    expect(await bootstrapFailure(read({ manifest: `http://${server.host}/cni.yaml` }))).toMatchObject({
      code: 'E_CHECKSUM',
    });
    expect(server.requests).toEqual([]);
  });

  test('that holds no objects names the URL', async () => {
    using server = await serveFiles({ '/empty.yaml': '---\n' });
    const manifest = `http://${server.host}/empty.yaml`;
    expect(await bootstrapFailure(read({ manifest, sha256: sha256Of('---\n') }))).toMatchObject({
      code: 'E_CNI',
      message: `${manifest} holds no Kubernetes objects`,
    });
  });
});

test('the manifest of a CNI of ours comes through the mirror, by the checksum of the table', async () => {
  const upstream = 'github.com/flannel-io/flannel/releases/download/v0.28.9/kube-flannel.yml';
  const checksums = join(dir, 'sha256sums');
  writeFileSync(checksums, `${sha256}  ${upstream}\n`);
  using server = await serveFiles({ [`/mirror/${upstream}`]: text });
  const artifacts = {
    ...fakeSpec().artifacts,
    cacheDir: dir,
    checksums,
    mirror: `http://${server.host}/mirror`,
  };
  const { cluster } = fakeCluster({ with: { artifacts } });
  cluster.cniVersion = '0.28.9';
  expect(await readManifests(cluster, quiet)).toEqual(flannelObjects);
});

describe('the chart of a CNI', () => {
  const upstream = 'helm.cilium.io/cilium-1.19.6.tgz';
  const archive = 'an archive';

  /** A run with Cilium, whose chart helm renders so. */
  function setUp(server: { host: string }, rendered: string, remoteCache?: RemoteCache) {
    const checksums = join(dir, 'sha256sums');
    writeFileSync(checksums, `${sha256Of(archive)}  ${upstream}\n`);
    const local = new FakeRunner([
      ['helm version', 'v3.22.0'],
      ['helm template', rendered],
    ]);
    const base = fakeSpec();
    const { cluster } = fakeCluster({
      local,
      ...(remoteCache === undefined ? {} : { remoteCache }),
      with: {
        cni: { ...base.cni, name: 'cilium' },
        artifacts: { ...base.artifacts, cacheDir: dir, checksums, mirror: `http://${server.host}/mirror` },
      },
    });
    cluster.cniVersion = '1.19.6';
    return { cluster, local };
  }

  test('comes through the mirror, verified, and is rendered with the CNI’s values', async () => {
    using server = await serveFiles({ [`/mirror/${upstream}`]: archive });
    const { cluster, local } = setUp(server, text);
    expect(await readManifests(cluster, quiet)).toEqual(flannelObjects);
    const { argv, options } = local.calls[1] ?? {};
    expect(readFileSync(argv?.[3] ?? '', 'utf8')).toBe(archive);
    expect(options?.input).toContain('mode: kubernetes');
  });

  test('that is another than its checksum says is refused before helm sees it', async () => {
    using server = await serveFiles({ [`/mirror/${upstream}`]: 'another archive' });
    const { cluster, local } = setUp(server, text);
    expect(await bootstrapFailure(readManifests(cluster, quiet))).toMatchObject({ code: 'E_CHECKSUM' });
    expect(local.calls).toEqual([]);
  });

  test('of which nothing is left with these values is no network', async () => {
    using server = await serveFiles({ [`/mirror/${upstream}`]: archive });
    const { cluster } = setUp(server, '---\n');
    expect(await bootstrapFailure(readManifests(cluster, quiet))).toMatchObject({
      code: 'E_CNI',
      where: 'cni.options',
      message: expect.stringContaining(`${upstream} holds no Kubernetes objects`),
    });
  });

  test('is kept between runs where downloads are', async () => {
    using server = await serveFiles({ [`/mirror/${upstream}`]: archive });
    const kept: string[] = [];
    const remoteCache: RemoteCache = {
      restore: () => Promise.resolve(false),
      keep: (key, path) => void kept.push(`${key} ${readFileSync(path, 'utf8')}`),
      giveUp: () => undefined,
    };
    await readManifests(setUp(server, text, remoteCache).cluster, quiet);
    const key = `k8s-bootstrap-cilium-chart-1.19.6-any-${sha256Of(archive)}`;
    expect(kept).toEqual([`${key} ${archive}`]);
    // The next run finds it there.
    rmSync(join(dir, sha256Of(archive).slice(0, 2)), { recursive: true });
    const asked: string[] = [];
    const restore: RemoteCache['restore'] = (wanted, path) => {
      asked.push(wanted);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, archive);
      return Promise.resolve(true);
    };
    await readManifests(setUp(server, text, { ...remoteCache, restore }).cluster, quiet);
    expect([asked, server.requests]).toEqual([[key], [`GET /mirror/${upstream}`]]);
  });
});
