import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { kindNodes } from '../../src/artifacts/data/kind-nodes.ts';
import { kubernetesPrograms } from '../../src/artifacts/catalog.ts';
import {
  isPinned,
  kindNodeImage,
  knownKindVersions,
  versionsOfImages,
} from '../../src/artifacts/kind-nodes.ts';
import { resolveKindArtifacts } from '../../src/artifacts/resolve.ts';
import { resolveKubernetesVersion } from '../../src/artifacts/versions.ts';
import { fakeSpec } from '../helpers/cluster.ts';

const dir = mkdtempSync(join(tmpdir(), 'k8s-bootstrap-kind-artifacts-'));
afterAll(() => {
  rmSync(dir, { recursive: true });
});

function imageOf(version: string, nodeImage?: string) {
  const { kubernetes } = fakeSpec();
  const kind = { portMappings: [], ...(nodeImage === undefined ? {} : { nodeImage }) };
  return kindNodeImage(fakeSpec({ with: { kubernetes: { ...kubernetes, version }, kind } }));
}
const digest = `sha256:${'a'.repeat(64)}`;

describe('the image of kind’s nodes', () => {
  it.each([
    ['1.36.4', '1.36.4'],
    ['v1.35.8', '1.35.8'],
    ['1.36', '1.36.4'],
    ['1.34', '1.34.11'],
    ['stable', '1.36.4'],
    ['latest', '1.36.4'],
    ['N-1', '1.35.8'],
    ['1.37', '1.37.0'],
    ['1.37.0', '1.37.0'],
  ])('of %s is the published one, pinned', (wanted, kubernetesVersion) => {
    const found = imageOf(wanted);
    expect(found).toEqual({
      kubernetesVersion,
      image: expect.stringMatching(new RegExp(`^kindest/node:v${kubernetesVersion}@sha256:[0-9a-f]{64}$`)),
    });
    expect(isPinned(found.image)).toBe(true);
  });

  it('of stable is of the minor that it means with every provider', () => {
    const checksums = join(dir, 'newer');
    const lines = kubernetesPrograms('1.37.2', 'amd64').map((name) => `${'1'.repeat(64)}  ${name}\n`);
    writeFileSync(checksums, lines.join(''));
    const { kubernetes, artifacts } = fakeSpec();
    const of = (version: string) =>
      kindNodeImage(
        fakeSpec({
          with: { kubernetes: { ...kubernetes, version }, artifacts: { ...artifacts, checksums } },
        }),
      ).kubernetesVersion;
    expect(['stable', 'N-1', 'N-3'].map(of)).toEqual(['1.37.0', '1.36.4', '1.34.11']);
  });

  it('of an exact version that was not published has its usual name, and is not pinned', () => {
    const found = imageOf('1.36.2');
    expect(found).toEqual({ image: 'kindest/node:v1.36.2', kubernetesVersion: '1.36.2' });
    expect(isPinned(found.image)).toBe(false);
  });

  it.each(['1.33.1', '1.33', '1.38', 'N-9'])('of %s is refused', (wanted) => {
    expect(() => imageOf(wanted)).toThrow(expect.objectContaining({ code: 'E_VERSION' }));
  });

  it.each([
    ['stable', 'example/node:v1.36.2', '1.36.2'],
    ['1.36', `example/node:v1.36.2@${digest}`, '1.36.2'],
    ['1.36.2', 'example/node:1.36.2', '1.36.2'],
    ['v1.36.2', 'localhost:5000/node:v1.36.2', '1.36.2'],
    ['stable', 'example/node:latest', undefined],
    ['1.36.2', 'localhost:5000/node', undefined],
    ['1.36.2', `example/node@${digest}`, undefined],
    ['1.36.4', 'example.org/node:v1.36.4-mine', undefined],
  ])('of the user’s own is taken: %s, %s', (wanted, nodeImage, kubernetesVersion) => {
    expect(imageOf(wanted, nodeImage)).toEqual({ image: nodeImage, kubernetesVersion });
  });

  it.each([
    ['1.36.4', 'example/node:v1.36.2'],
    ['1.35', 'example/node:v1.36.2'],
    ['1.3', 'example/node:v1.36.2'],
  ])('that contradicts the version is refused: %s, %s', (wanted, nodeImage) => {
    expect(() => imageOf(wanted, nodeImage)).toThrow(
      expect.objectContaining({
        code: 'E_VERSION',
        where: 'kind.nodeImage',
        message: `the node image is of Kubernetes 1.36.2, not ${wanted}`,
      }),
    );
  });

  it('is pinned for every version that is known', () => {
    for (const [version, image] of Object.entries(kindNodes))
      expect(image).toMatch(
        new RegExp(`^kindest/node:v${version.replaceAll('.', '\\.')}@sha256:[0-9a-f]{64}$`),
      );
    expect(new Set(Object.values(kindNodes)).size).toBe(Object.keys(kindNodes).length);
  });

  it('is offered only of versions that are not refused then', () => {
    const known = knownKindVersions();
    expect(known).toContain('1.36.4');
    expect(known.map((version) => resolveKubernetesVersion(version, versionsOfImages(undefined)))).toEqual(
      known,
    );
  });
});

describe('resolveKindArtifacts', () => {
  const upstream = {
    kind: 'github.com/kubernetes-sigs/kind/releases/download/v0.33.0/kind-linux-amd64',
    plugins:
      'github.com/containernetworking/plugins/releases/download/v1.9.1/cni-plugins-linux-amd64-v1.9.1.tgz',
  };

  it('has what is wanted', () => {
    const { kind, cniPlugins } = resolveKindArtifacts(fakeSpec(), {
      arch: 'amd64',
      kind: true,
      cniPlugins: true,
    });
    expect(kind).toEqual({
      name: 'kind',
      version: '0.33.0',
      arch: 'amd64',
      upstream: upstream.kind,
      url: `https://${upstream.kind}`,
      sha256: 'aee6151561422756b764a4ae28e7f44cda5af5a9eead3cc9985112b1de8d8e0d',
    });
    expect(cniPlugins).toMatchObject({
      upstream: upstream.plugins,
      sha256: expect.stringMatching(/^\w{64}$/),
    });
    const without = resolveKindArtifacts(fakeSpec(), { arch: 'amd64', kind: false, cniPlugins: true });
    expect(without).toEqual({ kind: undefined, cniPlugins });
    const neither = resolveKindArtifacts(fakeSpec(), { arch: 'amd64', kind: false, cniPlugins: false });
    expect(neither).toEqual({ kind: undefined, cniPlugins: undefined });
  });

  it('is of the engine’s architecture, from the mirror', () => {
    const artifacts = { ...fakeSpec().artifacts, mirror: 'http://mirror' };
    const { kind } = resolveKindArtifacts(fakeSpec({ with: { artifacts } }), {
      arch: 'arm64',
      kind: true,
      cniPlugins: true,
    });
    expect(kind).toMatchObject({
      url: `http://mirror/${upstream.kind.replace('amd64', 'arm64')}`,
      sha256: '20022bee6cfcd5086cb7234d218e3454e6090022f2a8f55d1fa7fcf42c3867a2',
    });
  });

  it('names all that have no checksum; kind’s is not asked for where the machine has one', () => {
    const { artifacts } = fakeSpec();
    const versions = { ...artifacts.versions, kind: '0.99.0', cniPlugins: '9.9.9' };
    const spec = fakeSpec({ with: { artifacts: { ...artifacts, versions } } });
    const failure = (message: RegExp) =>
      expect.objectContaining({ code: 'E_CHECKSUM', message: expect.stringMatching(message) });
    expect(() => resolveKindArtifacts(spec, { arch: 'amd64', kind: true, cniPlugins: true })).toThrow(
      failure(/kind 0\.99\.0 .*cni-plugins 9\.9\.9/),
    );
    expect(() => resolveKindArtifacts(spec, { arch: 'amd64', kind: false, cniPlugins: true })).toThrow(
      failure(/of cni-plugins/),
    );
  });

  it('takes the user’s checksums', () => {
    const checksums = join(dir, 'sums');
    writeFileSync(checksums, `${'b'.repeat(64)}  ${upstream.kind}\n`);
    const artifacts = { ...fakeSpec().artifacts, checksums };
    const { kind } = resolveKindArtifacts(fakeSpec({ with: { artifacts } }), {
      arch: 'amd64',
      kind: true,
      cniPlugins: true,
    });
    expect(kind?.sha256).toBe('b'.repeat(64));
  });
});
