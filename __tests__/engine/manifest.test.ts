import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readManifests } from '../../src/engine/manifest.ts';
import { renderManifest } from '../../src/kube/objects.ts';
import type { CniSpec } from '../../src/spec/cluster-spec.ts';
import { fakeCluster, fakeSpec } from '../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../helpers/failure.ts';
import { serveFiles } from '../helpers/file-server.ts';
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
