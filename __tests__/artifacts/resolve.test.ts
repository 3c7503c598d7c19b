import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, test } from '@jest/globals';
import { components, defaultKind, kindComponent, type ComponentName } from '../../src/artifacts/catalog.ts';
import { builtInChecksums, loadChecksums, parseChecksums } from '../../src/artifacts/checksums.ts';
import { manifests } from '../../src/artifacts/data/manifests.ts';
import {
  resolveArtifacts,
  resolveHelm,
  resolveKubelets,
  resolveManifest,
} from '../../src/artifacts/resolve.ts';
import { newestFirst } from '../../src/lib/version-order.ts';
import {
  kubernetesVersionOf,
  resolveKubernetesVersion,
  versionsOfTables,
} from '../../src/artifacts/versions.ts';
import type { ClusterSpec } from '../../src/spec/cluster-spec.ts';
import { loadSpec, type SpecFields } from '../../src/spec/load.ts';

const ones = '1'.repeat(64);
const dir = mkdtempSync(join(tmpdir(), 'k8s-bootstrap-artifacts-'));
afterAll(() => {
  rmSync(dir, { recursive: true });
});

function specWith(fields: SpecFields, checksums?: string): ClusterSpec {
  const path = join(dir, `sums-${String(checksums?.length)}`);
  if (checksums !== undefined) writeFileSync(path, checksums);
  const artifacts = { ...fields.artifacts, ...(checksums === undefined ? {} : { checksums: path }) };
  const ssh = { key: 'key', hostKeyChecking: 'off' } as const;
  const hostsText = '10.0.0.1\n10.0.0.2';
  return loadSpec({ fields: { ssh, ...fields, artifacts }, hostsText, env: {} });
}

const kubernetesLines = (version: string): string =>
  ['kubeadm', 'kubelet', 'kubectl']
    .map((name) => `${ones}  dl.k8s.io/release/v${version}/bin/linux/amd64/${name}\n`)
    .join('');

describe('Kubernetes versions', () => {
  const known = versionsOfTables(undefined);

  it.each([
    ['1.36.3', '1.36.3'],
    ['v1.35.0', '1.35.0'],
    ['1.34.99', '1.34.99'],
    ['1.36.0-rc.1', '1.36.0-rc.1'],
    ['1.36', '1.36.4'],
    ['1.34', '1.34.11'],
    ['v1.35', '1.35.8'],
    ['stable', '1.36.4'],
    ['latest', '1.36.4'],
    ['N-1', '1.35.8'],
    ['N-2', '1.34.11'],
  ])('%s is %s', (wanted, version) => {
    expect(resolveKubernetesVersion(wanted, known)).toBe(version);
  });

  it.each(['1.33.1', '1.33', '1.38', '2.0.0'])('%s is refused with what there is', (wanted) => {
    expect(() => resolveKubernetesVersion(wanted, known)).toThrow(
      expect.objectContaining({
        code: 'E_VERSION',
        message: `Kubernetes ${wanted} is not supported; 1.37, 1.36, 1.35, 1.34 are`,
        hint: 'the newest known of each: 1.36.4, 1.35.8, 1.34.11',
      }),
    );
  });

  it.each(['1.37', 'N-3', 'newest'])(
    '%s is supported but not known; the error says how it would be',
    (wanted) => {
      expect(() => resolveKubernetesVersion(wanted, known)).toThrow(
        expect.objectContaining({
          code: 'E_VERSION',
          where: 'kubernetes.version',
          message: `no checksum is known of any Kubernetes ${wanted}`,
          hint: expect.stringMatching(
            /artifacts\.checksums.*kubernetes\.channel: online.*: 1\.36\.4, 1\.35\.8, 1\.34\.11$/,
          ),
        }),
      );
    },
  );

  it('are those of a newer minor where the user’s file knows one', () => {
    const of = (version: string) =>
      kubernetesVersionOf(specWith({ kubernetes: { version } }, kubernetesLines('1.37.2')));
    expect(['stable', 'latest', '1.37', 'N-1', 'N-3'].map(of)).toEqual([
      '1.37.2',
      '1.37.2',
      '1.37.2',
      '1.36.4',
      '1.34.11',
    ]);
  });

  it('counts those of the user’s file that are complete', () => {
    const kubernetes = { version: '1.36' };
    expect(kubernetesVersionOf(specWith({ kubernetes }, kubernetesLines('1.36.40')))).toBe('1.36.40');
    expect(
      kubernetesVersionOf(
        specWith({ kubernetes }, `${ones}  dl.k8s.io/release/v1.36.41/bin/linux/amd64/kubeadm\n`),
      ),
    ).toBe('1.36.4');
    expect(kubernetesVersionOf(specWith({ kubernetes }, kubernetesLines('1.36.42-rc.0')))).toBe('1.36.4');
  });
});

describe('the built-in table', () => {
  it('has both architectures of everything, each with its own checksum', () => {
    const table = builtInChecksums();
    const ofManifests = manifests.trim().split('\n').length;
    expect(table.size).toBe(26 * 6 + 12 * 2 + 12 * 2 + 5 * 2 + ofManifests + 2 + 12 * 2);
    expect(new Set(table.values()).size).toBe(table.size);
  });

  it.each<ComponentName>(['containerd', 'runc', 'cniPlugins'])(
    'has the default of %s as its newest',
    (name) => {
      const component = components[name];
      const [before = '', after = ''] = component.upstream('@', 'amd64').split('@');
      const versions = [...builtInChecksums().keys()].flatMap((key) =>
        key.startsWith(before) && key.includes(after) ? [/\/v([\d.]+)\//.exec(key)?.[1] ?? ''] : [],
      );
      expect(versions.sort(newestFirst)[0]).toBe(specWith({}).artifacts.versions[name as 'runc']);
    },
  );
});

test('the kind that is downloaded by default is the newest of the table', () => {
  const before = kindComponent.upstream('', 'amd64').split('/v/')[0] ?? '';
  const versions = [...builtInChecksums().keys()].flatMap((key) =>
    key.startsWith(`${before}/v`) ? [/\/v([\d.]+)\//.exec(key)?.[1] ?? ''] : [],
  );
  expect(versions.sort(newestFirst)[0]).toBe(defaultKind);
});

describe('resolveArtifacts', () => {
  it('names upstream, URL and checksum of everything', () => {
    const artifacts = resolveArtifacts(specWith({}), '1.36.3', 'arm64');
    expect(artifacts.kubeadm).toEqual({
      name: 'kubeadm',
      version: '1.36.3',
      arch: 'arm64',
      upstream: 'dl.k8s.io/release/v1.36.3/bin/linux/arm64/kubeadm',
      url: 'https://dl.k8s.io/release/v1.36.3/bin/linux/arm64/kubeadm',
      sha256: '276cfbdc43b10fef663288cc1ed76abf77b1b7f700e9f1c053cb5dc3115484de',
    });
    expect(Object.values(artifacts).map(({ upstream }) => upstream.replace(/.*\//, ''))).toEqual([
      'kubeadm',
      'kubelet',
      'kubectl',
      'containerd-2.3.4-linux-arm64.tar.gz',
      'runc.arm64',
      'cni-plugins-linux-arm64-v1.9.1.tgz',
    ]);
  });

  it('takes mirror and checksums of the user’s', () => {
    const spec = specWith({ artifacts: { mirror: 'http://mirror:8080/files/' } }, kubernetesLines('1.36.3'));
    const { kubeadm, runc } = resolveArtifacts(spec, '1.36.3', 'amd64');
    expect([kubeadm.url, kubeadm.sha256]).toEqual([`http://mirror:8080/files/${kubeadm.upstream}`, ones]);
    expect(runc.sha256).not.toBe(ones);
  });

  it('says of a version without checksums how it can be had', () => {
    expect(() => resolveArtifacts(specWith({}), '1.37.2', 'amd64')).toThrow(
      expect.objectContaining({
        code: 'E_CHECKSUM',
        message: expect.stringMatching(
          /^no checksum is known of kubeadm 1\.37\.2 .*kubelet 1\.37\.2 .*kubectl 1\.37\.2 /,
        ),
        hint: expect.stringMatching(/artifacts\.checksums.*kubernetes\.channel: online.*1\.36\.4/),
      }),
    );
    const versions = { runc: '9.9.9' };
    expect(() => resolveArtifacts(specWith({ artifacts: { versions } }), '1.36.3', 'amd64')).toThrow(
      expect.objectContaining({ hint: expect.not.stringContaining('kubernetes.channel') }),
    );
  });

  it('takes a table in place of the spec’s', () => {
    const table = new Map([...builtInChecksums(), ...parseChecksums(kubernetesLines('1.37.2'), 'f')]);
    expect(resolveArtifacts(specWith({}), '1.37.2', 'amd64', table).kubelet.sha256).toBe(ones);
  });

  it('has kubelets of other versions', () => {
    const kubelets = resolveKubelets(specWith({}), ['1.35.0', '1.34.4'], 'amd64');
    expect([...kubelets].map(([version, { name, upstream }]) => [version, name, upstream])).toEqual([
      ['1.35.0', 'kubelet', 'dl.k8s.io/release/v1.35.0/bin/linux/amd64/kubelet'],
      ['1.34.4', 'kubelet', 'dl.k8s.io/release/v1.34.4/bin/linux/amd64/kubelet'],
    ]);
    expect(() => resolveKubelets(specWith({}), ['1.35.0', '1.33.1'], 'amd64')).toThrow(
      expect.objectContaining({
        code: 'E_CHECKSUM',
        message: expect.stringMatching(/^no checksum is known of kubelet 1\.33\.1 \(\S+\)$/),
      }),
    );
  });

  it('lists all that have no checksum, and says how to bring one', () => {
    expect(() =>
      resolveArtifacts(specWith({ artifacts: { versions: { runc: '9.9.9' } } }), '1.36.99', 'amd64'),
    ).toThrow(
      expect.objectContaining({
        code: 'E_CHECKSUM',
        message: expect.stringMatching(/kubeadm 1\.36\.99 .*kubelet.*kubectl.*runc 9\.9\.9/),
        hint: expect.stringMatching(/artifacts\.checksums.*1\.36\.4/),
      }),
    );
  });
});

describe('resolveManifest', () => {
  const upstream = 'github.com/flannel-io/flannel/releases/download/v0.28.9/kube-flannel.yml';
  const flannel = { name: 'flannel-manifest', version: '0.28.9', upstream };

  it('knows Flannel’s', () => {
    expect(resolveManifest(flannel, specWith({}))).toEqual({
      ...flannel,
      url: `https://${upstream}`,
      sha256: 'e875824be2f552b45711dbda91af81b17eb961d00025d914d9fef18fad8f09c0',
    });
  });

  it('fetches a URL of the user’s as it is, with its own checksum', () => {
    const cni = { name: 'manifest', manifest: 'http://files.example/cni.yaml', sha256: 'A'.repeat(64) };
    const spec = specWith({ cni, artifacts: { mirror: 'http://mirror' } });
    const wanted = {
      name: 'manifest',
      version: 'own',
      upstream: 'files.example/cni.yaml',
      sha256: 'A'.repeat(64),
    };
    expect(resolveManifest(wanted, spec)).toMatchObject({ url: cni.manifest, sha256: 'a'.repeat(64) });
    expect(resolveManifest(flannel, spec).url).toBe(`http://mirror/${upstream}`);
  });

  it('needs a checksum', () => {
    const wanted = { ...flannel, upstream: 'x/y' };
    expect(() => resolveManifest(wanted, specWith({}))).toThrow(
      expect.objectContaining({ code: 'E_CHECKSUM' }),
    );
  });
});

describe('resolveHelm', () => {
  it.each([
    ['x64', 'amd64', 'f8180838c23d7c7d797b208861fecb591d9ce1690d8704ed1e4cb8e2add966c1'],
    ['arm64', 'arm64', 'c0a45e67eef0c7416a8a8c9e9d5d2d30d70e4f4d3f7bea5de28241fffa8f3b89'],
  ])('knows the default one for this machine, %s', (machine, arch, sha256) => {
    const upstream = `get.helm.sh/helm-v3.18.4-linux-${arch}.tar.gz`;
    const spec = specWith({ artifacts: { mirror: 'http://mirror' } });
    expect(resolveHelm(spec, { platform: 'linux', arch: machine })).toEqual({
      name: 'helm',
      version: '3.18.4',
      arch,
      upstream,
      url: `http://mirror/${upstream}`,
      sha256,
    });
  });

  it.each([
    ['darwin', 'arm64'],
    ['linux', 's390x'],
  ])('has none for %s-%s, and says what to do', (platform, arch) => {
    expect(() => resolveHelm(specWith({}), { platform, arch })).toThrow(
      expect.objectContaining({
        code: 'E_DOWNLOAD',
        message: expect.stringContaining(`${platform}-${arch}`),
        hint: expect.stringContaining('install helm 3.14'),
      }),
    );
  });

  it('of another version needs a checksum of the user’s', () => {
    const spec = specWith({ artifacts: { versions: { helm: '9.9.9' } } });
    expect(() => resolveHelm(spec, { platform: 'linux', arch: 'x64' })).toThrow(
      expect.objectContaining({ code: 'E_CHECKSUM', message: expect.stringContaining('helm 9.9.9') }),
    );
  });
});

describe('checksum files', () => {
  it('may have comments, empty lines, CRLF, ./ and the mark of binary mode', () => {
    const text = `\uFEFF# mine\r\n\r\n${ones}  ./a.example/x\r\n${'A'.repeat(64)} *b.example:8080/y/z-1.0.tgz\n`;
    expect([...parseChecksums(text, 'f')]).toEqual([
      ['a.example/x', ones],
      ['b.example:8080/y/z-1.0.tgz', 'a'.repeat(64)],
    ]);
  });

  it.each([
    ['x', 'not a line of a checksum file'],
    [`${ones} a/b`, 'not a line'],
    [`${ones}  https://a/b`, 'not a line'],
    [`${ones.slice(1)}  a/b`, 'not a line'],
    [`${ones}  a/b c`, 'not a line'],
    [`${ones}  a/b\n${'2'.repeat(64)}  a/b`, 'a second, different checksum of a/b'],
  ])('%j is refused', (text, message) => {
    const line = String(text.split('\n').length + 1);
    expect(() => parseChecksums(`\n${text}`, 'sums')).toThrow(
      expect.objectContaining({
        code: 'E_SPEC',
        where: `sums:${line}`,
        message: expect.stringContaining(message),
      }),
    );
  });

  it('must be readable', () => {
    expect(() => loadChecksums(join(dir, 'gone'))).toThrow(
      expect.objectContaining({ code: 'E_SPEC', message: expect.stringContaining('ENOENT') }),
    );
  });
});
