import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { kubernetesPrograms } from '../../src/artifacts/catalog.ts';
import { chooseMinor, chooseVersion, gatherChecksums } from '../../src/artifacts/channel.ts';
import { builtInChecksums } from '../../src/artifacts/checksums.ts';
import type { ArtifactsSpec, ClusterSpec } from '../../src/spec/cluster-spec.ts';
import { fakeSpec } from '../helpers/cluster.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { bootstrapFailure, quiet } from '../helpers/failure.ts';

const releases: Readonly<Record<string, string>> = {
  'stable.txt': 'v1.37.2',
  'latest.txt': 'v1.38.0-alpha.1',
  'stable-1.37.txt': 'v1.37.2\n',
  'stable-1.36.txt': 'v1.36.9',
  'stable-1.35.txt': 'v1.36.9',
  'stable-1.34.txt': '<html>please log in</html>',
};

/** Upstream, or a mirror of it, with these files below `dl.k8s.io/release`. */
function upstream(files: Readonly<Record<string, string>> = releases) {
  const asked: string[] = [];
  const fetch: typeof globalThis.fetch = (input) => {
    const { url } = new Request(input);
    asked.push(url);
    const text = files[url.replace(/^.*dl\.k8s\.io\/release\//, '')];
    return Promise.resolve(new Response(text ?? 'no', { status: text === undefined ? 404 : 200 }));
  };
  return {
    asked,
    options: { clock: new FakeClock(), signal: quiet, fetch },
  };
}

function specOf(
  version: string,
  channel: 'online' | 'built-in' = 'online',
  artifacts: Partial<ArtifactsSpec> = {},
): ClusterSpec {
  const spec = fakeSpec();
  return {
    ...spec,
    kubernetes: { ...spec.kubernetes, version, channel },
    artifacts: { ...spec.artifacts, ...artifacts },
  };
}

describe('the version, online', () => {
  it.each([
    ['stable', '1.37.2', ['stable.txt']],
    ['1.36', '1.36.9', ['stable-1.36.txt']],
    ['v1.37', '1.37.2', ['stable-1.37.txt']],
    ['N-1', '1.36.9', ['stable.txt', 'stable-1.36.txt']],
  ])('%s is what upstream says: %s', async (wanted, version, files) => {
    const { asked, options } = upstream();
    expect(await chooseVersion(specOf(wanted), options)).toBe(version);
    expect(asked).toEqual(files.map((file) => `https://dl.k8s.io/release/${file}`));
  });

  it('latest may be a pre-release', async () => {
    const { options } = upstream({ 'latest.txt': 'v1.37.0-rc.1' });
    expect(await chooseVersion(specOf('latest'), options)).toBe('1.37.0-rc.1');
  });

  it('comes through the mirror', async () => {
    const { asked, options } = upstream();
    const spec = specOf('stable', 'online', { mirror: 'http://mirror/files/' });
    expect(await chooseVersion(spec, options)).toBe('1.37.2');
    expect(asked).toEqual(['http://mirror/files/dl.k8s.io/release/stable.txt']);
  });

  it.each([
    ['1.36.3', 'online', '1.36.3'],
    ['1.37.99', 'online', '1.37.99'],
    ['stable', 'built-in', '1.36.4'],
    ['1.35', 'built-in', '1.35.8'],
  ] as const)('%s of the channel %s is %s, and nobody is asked', async (wanted, channel, version) => {
    const { asked, options } = upstream();
    expect(await chooseVersion(specOf(wanted, channel), options)).toBe(version);
    expect(asked).toEqual([]);
  });

  it.each([
    ['1.33', 'Kubernetes 1.33 is not supported; 1.37, 1.36, 1.35, 1.34 are'],
    ['N-4', 'Kubernetes 1.33 (N-4 upstream) is not supported; 1.37, 1.36, 1.35, 1.34 are'],
    ['latest', 'Kubernetes 1.38.0-alpha.1 (latest upstream) is not supported; 1.37, 1.36, 1.35, 1.34 are'],
    ['1.33.1', 'Kubernetes 1.33.1 is not supported; 1.37, 1.36, 1.35, 1.34 are'],
  ])('%s is refused', async (wanted, message) => {
    expect(await bootstrapFailure(chooseVersion(specOf(wanted), upstream().options))).toMatchObject({
      code: 'E_VERSION',
      where: 'kubernetes.version',
      message,
    });
  });

  it.each([
    ['1.35', 'https://dl.k8s.io/release/stable-1.35.txt is not what it should be: "v1.36.9"'],
    ['1.34', 'is not what it should be: "<html>please log in</html>"'],
  ])('%s: an answer that is none is an error', async (wanted, message) => {
    expect(await bootstrapFailure(chooseVersion(specOf(wanted), upstream().options))).toMatchObject({
      code: 'E_DOWNLOAD',
      where: 'kubernetes.channel',
      message: expect.stringContaining(message),
      hint: expect.stringContaining('leave kubernetes.channel at built-in'),
    });
  });

  it('no answer is one error that says how to do without', async () => {
    expect(await bootstrapFailure(chooseVersion(specOf('stable'), upstream({}).options))).toMatchObject({
      code: 'E_DOWNLOAD',
      where: 'kubernetes.channel',
      message: 'cannot fetch https://dl.k8s.io/release/stable.txt: HTTP 404',
      hint: expect.stringContaining('artifacts.mirror'),
    });
  });
});

describe('the minor of kind’s nodes', () => {
  it.each([
    ['stable', '1.37'],
    ['N-1', '1.36'],
  ])('%s is upstream’s, online: %s', async (wanted, minor) => {
    const { kubernetes } = await chooseMinor(specOf(wanted), upstream().options);
    expect(kubernetes.version).toBe(minor);
  });

  it.each([
    ['stable', 'built-in', undefined],
    ['1.36', 'online', undefined],
    ['1.36.4', 'online', undefined],
    ['stable', 'online', 'example.org/node:v1.36.4'],
  ] as const)('%s of the channel %s with the image %s asks nobody', async (wanted, channel, nodeImage) => {
    const { asked, options } = upstream();
    const kind = { portMappings: [], ...(nodeImage === undefined ? {} : { nodeImage }) };
    const spec = { ...specOf(wanted, channel), kind };
    expect(await chooseMinor(spec, options)).toBe(spec);
    expect(asked).toEqual([]);
  });
});

describe('checksums, online', () => {
  const dir = mkdtempSync(join(tmpdir(), 'k8s-bootstrap-channel-'));
  afterAll(() => {
    rmSync(dir, { recursive: true });
  });
  const programs = kubernetesPrograms('1.37.2', 'amd64');
  const [kubeadm = '', kubelet = '', kubectl = ''] = programs;
  const path = (name: string) => `v1.37.2/bin/linux/amd64/${name}.sha256`;
  const sums = {
    [path('kubeadm')]: 'A'.repeat(64),
    [path('kubelet')]: `${'b'.repeat(64)}\n`,
    [path('kubectl')]: `${'c'.repeat(64)}  kubectl\n`,
  };

  it('are upstream’s own where no table has one', async () => {
    const { asked, options } = upstream(sums);
    const table = await gatherChecksums(specOf('stable'), [...programs, kubelet], options);
    expect(programs.map((program) => table.get(program)?.[0])).toEqual(['a', 'b', 'c']);
    expect(asked).toEqual(programs.map((program) => `https://${program}.sha256`));
    expect(table.size).toBe(builtInChecksums().size + 3);
  });

  it('are not asked for where a table has one, the user’s or the built-in', async () => {
    const checksums = join(dir, 'sums');
    writeFileSync(checksums, `${'1'.repeat(64)}  ${kubelet}\n`);
    const { asked, options } = upstream(sums);
    const known = kubernetesPrograms('1.36.3', 'arm64');
    const spec = specOf('stable', 'online', { checksums });
    const table = await gatherChecksums(spec, [...programs, ...known], options);
    expect(asked).toEqual([`https://${kubeadm}.sha256`, `https://${kubectl}.sha256`]);
    expect(table.get(kubelet)).toBe('1'.repeat(64));
  });

  it('are the tables’ alone with built-in', async () => {
    const { asked, options } = upstream(sums);
    const table = await gatherChecksums(specOf('stable', 'built-in'), programs, options);
    expect(table).toBe(builtInChecksums());
    expect(asked).toEqual([]);
  });

  it.each([
    ['a version that is not there', {}, 'HTTP 404'],
    [
      'something else',
      { ...sums, [path('kubelet')]: 'sha256' },
      'kubelet.sha256 is not what it should be: "sha256"',
    ],
    ['a longer number', { ...sums, [path('kubelet')]: 'a'.repeat(65) }, 'is not what it should be'],
  ])('%s is one error', async (_name, files, message) => {
    const error = await bootstrapFailure(
      gatherChecksums(specOf('1.37.2'), programs, upstream(files).options),
    );
    expect(error).toMatchObject({
      code: 'E_DOWNLOAD',
      message: expect.stringContaining(message),
      errors: [],
    });
  });
});
