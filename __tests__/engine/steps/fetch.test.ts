import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cachePath } from '../../../src/artifacts/cache.ts';
import { fetch } from '../../../src/engine/steps/fetch.ts';
import { allInstalled, fakeArtifact, fakeArtifacts, fillCache } from '../../helpers/artifacts.ts';
import { fakeCluster, fakeFacts, fakeSpec } from '../../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../../helpers/failure.ts';
import { SandboxShell } from '../../helpers/sandbox-shell.ts';

const tools = { signal: quiet, log: () => undefined };
const kubelet = fakeArtifact('kubelet');
const STAGED = `/var/lib/k8s-bootstrap/artifacts/${kubelet.sha256}`;

/** A host that has everything but the kubelet. */
function setUp(distribution: 'pull' | 'push', cacheDir = '/nowhere', asked: string[] = []) {
  const { artifacts } = fakeSpec();
  const { cluster, runner } = fakeCluster({
    with: { artifacts: { ...artifacts, cacheDir } },
    remoteCache: {
      restore: (key, path) => {
        asked.push(key);
        writeFileSync(path, 'kubelet');
        return Promise.resolve(true);
      },
      keep: () => undefined,
      giveUp: () => undefined,
    },
  });
  const host = cluster.controlPlane;
  cluster.artifacts = fakeArtifacts;
  cluster.distribution = distribution;
  host.learn(fakeFacts(0, { installed: { ...allInstalled, kubelet: 'older' } }));
  return { cluster, host, runner, run: () => fetch.run(cluster, host, tools) };
}

describe('fetch', () => {
  test('does nothing where all is installed', async () => {
    const { host, run, runner } = setUp('pull');
    host.learn(fakeFacts(0, { installed: allInstalled }));
    expect(await run()).toEqual({ changed: false, note: 'all installed already' });
    expect(runner.calls).toEqual([]);
  });

  test('describes what it would do', () => {
    const { cluster, host } = setUp('pull');
    expect(fetch.describe?.(cluster, host)).toEqual([
      `pull ${kubelet.url} (sha256 ${kubelet.sha256.slice(0, 12)}…)`,
    ]);
  });
});

describe('pull', () => {
  test('lets the host fetch and check what it lacks, and nothing else', async () => {
    const asked: string[] = [];
    const { run, runner } = setUp('pull', '/nowhere', asked);
    runner.on('sh -c', '');
    expect(await run()).toEqual({ changed: true, note: 'pull: kubelet' });
    expect(runner.calls.map(({ argv }) => argv.slice(4))).toEqual([[kubelet.url, kubelet.sha256, STAGED]]);
    expect(asked).toEqual([]);
  });

  /** The script for real, over a fake curl that gets what it is told. */
  const pullWith = async (shell: SandboxShell, curl: string) => {
    const { run, runner } = setUp('pull');
    shell.fake('curl', `while [ "$1" != -o ]; do shift; done\n${curl}`);
    runner.on('sh -c', (argv, options) => shell.run([...argv.slice(0, 6), shell.path('staging/x')], options));
    return run();
  };

  test('what has the right checksum is kept', async () => {
    using shell = new SandboxShell();
    expect(await pullWith(shell, 'printf kubelet > "$2"')).toMatchObject({ changed: true });
    const { stdout } = (await shell.run(['cat', 'staging/x'], {})) as { stdout: string };
    expect(stdout).toBe('kubelet');
  });

  test('another checksum is E_CHECKSUM with both, and nothing stays', async () => {
    using shell = new SandboxShell();
    const error = await bootstrapFailure(pullWith(shell, 'printf other > "$2"'));
    expect(error).toMatchObject({
      code: 'E_CHECKSUM',
      hint: expect.stringContaining('nothing was installed'),
    });
    expect(error.message).toContain(kubelet.url);
    expect(error.message).toContain(kubelet.sha256);
    expect(error.message).toContain(fakeArtifact('other').sha256);
    expect(await shell.run(['ls', 'staging'], {})).toMatchObject({ stdout: '' });
  });

  test('a download that fails is E_DOWNLOAD with curl’s words, and nothing stays', async () => {
    using shell = new SandboxShell();
    const curl = 'echo part > "$2"; printf "curl: (22) error: \\033[31m404" >&2; exit 22';
    expect(await bootstrapFailure(pullWith(shell, curl))).toMatchObject({
      code: 'E_DOWNLOAD',
      message: `cannot fetch ${kubelet.url}: curl: (22) error: 404`,
      hint: expect.stringContaining('artifacts.mirror'),
    });
    expect(await shell.run(['ls', 'staging'], {})).toMatchObject({ stdout: '' });
  });

  test('other exit codes are the command’s failure', async () => {
    const { run, runner } = setUp('pull');
    runner.on('sh -c', { exitCode: 1, stderr: 'read-only file system' });
    expect(await bootstrapFailure(run())).toMatchObject({ code: 'E_COMMAND' });
  });
});

describe('push', () => {
  let cacheDir: string;
  beforeEach(() => {
    cacheDir = mkdtempSync(join(tmpdir(), 'fetch-'));
    fillCache(cacheDir);
  });
  afterEach(() => {
    rmSync(cacheDir, { recursive: true });
  });

  test('uploads the verified file and has the host check it again', async () => {
    const { run, runner } = setUp('push', cacheDir);
    runner.on('sha256sum', `${kubelet.sha256}  ${STAGED}\n`);
    expect(await run()).toEqual({ changed: true, note: 'push: kubelet' });
    expect(runner.uploads).toEqual([
      {
        content: { path: cachePath(cacheDir, kubelet.sha256) },
        path: STAGED,
        options: expect.objectContaining({ sudo: true, mode: 0o600 }),
      },
    ]);
  });

  test('asks the remote cache for what is not here', async () => {
    const path = cachePath(cacheDir, kubelet.sha256);
    rmSync(path);
    const asked: string[] = [];
    const { run, runner } = setUp('push', cacheDir, asked);
    runner.on('sha256sum', `${kubelet.sha256}  ${STAGED}\n`);
    await run();
    expect(asked).toEqual([`k8s-bootstrap-kubelet-1.2.3-any-${kubelet.sha256}`]);
    expect(runner.uploads).toMatchObject([{ content: { path } }]);
  });

  test('what arrives otherwise is E_CHECKSUM', async () => {
    const { run, runner } = setUp('push', cacheDir);
    runner.on('sha256sum', `${'0'.repeat(64)}  ${STAGED}\n`);
    expect(await bootstrapFailure(run())).toMatchObject({
      code: 'E_CHECKSUM',
      message: expect.stringContaining(`sha256 is ${'0'.repeat(64)}, expected ${kubelet.sha256}`),
    });
    runner.on('sha256sum', 'nonsense');
    expect((await bootstrapFailure(run())).message).toContain('sha256 is unknown');
  });
});
