import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadImages } from '../../../src/engine/steps/load-images.ts';
import { bootstrapFailure } from '../../helpers/failure.ts';
import { ImageHosts } from '../../helpers/image-hosts.ts';
import { KindBed } from '../../helpers/kind-bed.ts';

const saves = (hosts: ImageHosts): readonly string[] =>
  hosts.docker.lines.filter((line) => line.startsWith('docker save'));
const unchanged = { changed: false, note: 'all loaded already' };

describe('local images', () => {
  test('are saved once for all hosts, imported on each, and leave nothing but the image', async () => {
    using hosts = new ImageHosts();
    hosts.docker.images.set('app:1', 'sha256:aaa');
    const { results, runners, cluster } = await hosts.run('app:1');
    expect(results).toEqual(Array(3).fill({ changed: true, note: '1 loaded' }));
    expect(cluster.changing).toBe(true);
    expect(saves(hosts)).toEqual([expect.stringMatching(/^docker save --output \S+\/image\.tar app:1$/)]);
    for (const host of [0, 1, 2] as const) {
      expect(hosts.imported(host)).toEqual(['tar of sha256:aaa']);
      expect(hosts.staged(host)).toEqual([]);
    }
    expect(runners[0]?.uploads[0]?.options).toMatchObject({ sudo: true, mode: 0o600 });
    expect(existsSync(dirname(saves(hosts)[0]?.split(' ')[3] ?? ''))).toBe(false);
    expect(hosts.logs).toEqual(Array(3).fill('loaded app:1'));
  });

  test('that are loaded are not loaded again, and not even saved', async () => {
    using hosts = new ImageHosts();
    hosts.docker.images.set('app:1', 'sha256:aaa');
    await hosts.run('app:1');
    hosts.docker.calls.length = 0;
    const { results, cluster, runners } = await hosts.run('app:1');
    expect(results).toEqual(Array(3).fill(unchanged));
    expect(cluster.changing).toBe(false);
    expect(saves(hosts)).toEqual([]);
    expect(runners.flatMap(({ uploads }) => uploads)).toEqual([]);
  });

  test('that were built anew are loaded again', async () => {
    using hosts = new ImageHosts();
    hosts.docker.images.set('app:1', 'sha256:aaa');
    await hosts.run('app:1');
    hosts.docker.images.set('app:1', 'sha256:bbb');
    await hosts.run('app:1');
    expect(hosts.imported(2)).toEqual(['tar of sha256:aaa', 'tar of sha256:bbb']);
  });

  test('that are what they were before are loaded again as well: the name stood for another one since', async () => {
    using hosts = new ImageHosts();
    for (const id of ['sha256:aaa', 'sha256:bbb', 'sha256:aaa']) {
      hosts.docker.images.set('app:1', id);
      await hosts.run('app:1');
    }
    expect(hosts.imported(0)).toEqual(['tar of sha256:aaa', 'tar of sha256:bbb', 'tar of sha256:aaa']);
  });

  test('with a further name are loaded by that name too', async () => {
    using hosts = new ImageHosts();
    hosts.docker.images.set('app:1', 'sha256:aaa').set('app:2', 'sha256:aaa');
    await hosts.run('app:1');
    const { results } = await hosts.run('app:1', 'app:2');
    expect(results).toEqual(Array(3).fill({ changed: true, note: '1 loaded' }));
    expect(saves(hosts).at(-1)).toMatch(/ app:2$/);
    expect((await hosts.run('app:2', 'app:1')).results).toEqual(Array(3).fill(unchanged));
  });

  test('in a tar are taken as they are, and known by their content', async () => {
    using hosts = new ImageHosts();
    const tar = hosts.shells[0].path('app.tar');
    writeFileSync(tar, 'one');
    await hosts.run(tar);
    const { results } = await hosts.run(tar);
    expect(results).toEqual(Array(3).fill(unchanged));
    writeFileSync(tar, 'two');
    await hosts.run(tar);
    expect(hosts.imported(1)).toEqual(['one', 'two']);
    expect(saves(hosts)).toEqual([]);
    expect(readFileSync(tar, 'utf8')).toBe('two');
  });

  test('only the host that lacks one gets it', async () => {
    using hosts = new ImageHosts();
    hosts.docker.images.set('app:1', 'sha256:aaa').set('db:1', 'sha256:ddd');
    await hosts.run('app:1');
    rmSync(hosts.shells[1].path('state/images'), { recursive: true });
    const { results } = await hosts.run('app:1', 'db:1');
    expect(results.map((result) => result?.note)).toEqual(['1 loaded', '2 loaded', '1 loaded']);
    expect(hosts.imported(0)).toEqual(['tar of sha256:aaa', 'tar of sha256:ddd']);
    expect(hosts.imported(1)).toEqual(['tar of sha256:aaa', 'tar of sha256:aaa', 'tar of sha256:ddd']);
  });

  test('none were asked for: no host is asked either', async () => {
    using hosts = new ImageHosts();
    const { results, runners } = await hosts.run();
    expect(results).toEqual(Array(3).fill({ changed: false }));
    expect(runners.flatMap(({ lines }) => lines)).toEqual([]);
  });

  test('that are missing are findings; the others are known', async () => {
    using hosts = new ImageHosts();
    hosts.docker.images.set('app:1', 'sha256:aaa');
    const { findings, cluster } = await hosts.prepare('gone:1', '/gone.tar', 'app:1');
    expect(findings).toEqual([
      {
        id: 'local-image',
        severity: 'error',
        message: 'images: Docker has no image gone:1',
        hint: expect.stringContaining('docker image ls'),
      },
      { id: 'local-image', severity: 'error', message: expect.stringContaining('/gone.tar') },
    ]);
    expect(cluster.localImages.map(({ name }) => name)).toEqual(['app:1']);
  });

  test('plan tells of each', () => {
    using bed = new KindBed({ with: { images: ['app:1', '/b.tar'] } });
    expect(loadImages.describe?.({ spec: bed.spec } as never, undefined as never)).toEqual([
      'load app:1',
      'load /b.tar',
    ]);
  });
});

describe('a local image that cannot be loaded is E_IMAGE', () => {
  test('since containerd does not take it; the tar goes, and it does not count as loaded', async () => {
    using hosts = new ImageHosts();
    hosts.docker.images.set('app:1', 'sha256:aaa');
    hosts.shells[1].fake('ctr', 'echo "ctr: no match for platform" >&2; exit 1');
    const { load, release } = await hosts.prepare('app:1');
    expect(await bootstrapFailure(load().finally(release))).toMatchObject({
      code: 'E_IMAGE',
      message: expect.stringMatching(/^cannot load app:1: .*no match for platform$/),
      hint: expect.stringContaining('docker save'),
    });
    expect(hosts.staged(1)).toEqual([]);
    hosts.shells[1].fake('ctr', 'cat "$5" >> "$DIR/imported"');
    await hosts.run('app:1');
    expect(hosts.imported(1)).toEqual(['tar of sha256:aaa']);
  });

  test('since Docker cannot save it', async () => {
    using hosts = new ImageHosts();
    hosts.docker.images.set('app:1', 'sha256:aaa');
    hosts.docker.on('docker save ', { exitCode: 1, stderr: 'no space left on device' });
    const { load, release } = await hosts.prepare('app:1');
    expect(await bootstrapFailure(load().finally(release))).toMatchObject({
      code: 'E_IMAGE',
      message: expect.stringContaining('no space left on device'),
    });
    expect(saves(hosts)).toHaveLength(1);
  });

  test('a connection that is lost is not', async () => {
    using hosts = new ImageHosts();
    hosts.docker.images.set('app:1', 'sha256:aaa');
    const { load, release, runners } = await hosts.prepare('app:1');
    const lost = new Error('lost');
    for (const runner of runners) runner.upload = () => Promise.reject(lost);
    await expect(load().finally(release)).rejects.toBe(lost);
  });
});
