import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cacheOffered, DownloadCache, keepDownloads } from '../../src/action/download-cache.ts';
import type { Artifact } from '../../src/artifacts/artifact.ts';
import { cachePath } from '../../src/artifacts/cache.ts';
import { downloadArtifact } from '../../src/artifacts/download.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { ActionEnvironment } from '../helpers/action-environment.ts';
import { FakeCache } from '../helpers/fake-cache.ts';
import { serveFiles } from '../helpers/file-server.ts';

const content = 'what kubelet is';
const sha256 = createHash('sha256').update(content).digest('hex');
const key = `k8s-bootstrap-kubelet-1.36.3-amd64-${sha256}`;
const never = new AbortController().signal;

let environment: ActionEnvironment;
let upstream: Awaited<ReturnType<typeof serveFiles>>;
let jobCache: FakeCache;
let cache: DownloadCache;
let path: string;

beforeEach(async () => {
  environment = new ActionEnvironment();
  upstream = await serveFiles({ '/kubelet': content, '/other': 'another' });
  jobCache = new FakeCache();
  cache = new DownloadCache(jobCache.client);
  path = cachePath(environment.dir, sha256);
});
afterEach(() => {
  upstream[Symbol.dispose]();
  environment.restore();
});

const artifactOf = (name: string, text: string): Artifact => ({
  name,
  version: '1.36.3',
  arch: 'amd64',
  upstream: `h/${name}`,
  url: `http://${upstream.host}/${name}`,
  sha256: createHash('sha256').update(text).digest('hex'),
});
const download = (artifact = artifactOf('kubelet', content), signal = never): Promise<string> =>
  downloadArtifact(artifact, { cacheDir: environment.dir, clock: systemClock, signal, remoteCache: cache });
const warnings = (): string[] => environment.log.split('\n').filter((line) => line.startsWith('::warning'));
const kept = (): unknown => JSON.parse(environment.values('GITHUB_STATE')['downloads'] ?? '[]');

describe('a download', () => {
  test('is not needed of what the job’s cache has', async () => {
    jobCache.entries.set(key, content);
    expect(await download()).toBe(path);
    expect(readFileSync(path, 'utf8')).toBe(content);
    expect(upstream.requests).toEqual([]);
    expect(readdirSync(dirname(path))).toEqual([sha256]);
    expect([kept(), warnings()]).toEqual([[], []]);
  });

  test('is noted to be kept where it does not', async () => {
    await download();
    expect(kept()).toEqual([{ key, path }]);
    await download();
    expect(jobCache.requests).toHaveLength(1);
    expect(warnings()).toEqual([]);
  });

  test('comes from upstream where the cache holds another content, which is never used', async () => {
    jobCache.entries.set(key, 'poison');
    await download();
    expect(readFileSync(path, 'utf8')).toBe(content);
    await download(artifactOf('other', 'another'));
    expect(jobCache.requests).toHaveLength(1);
    expect(kept()).toEqual([]);
    expect(warnings()).toEqual([
      '::warning title=k8s-bootstrap::the job’s cache is not used in this run: what it has as kubelet 1.36.3 does not match the checksum; it was not used',
    ]);
  });

  test.each<[string, (file: string) => void]>([
    ['no file', rmSync],
    [
      'a link',
      (file) => {
        rmSync(file);
        writeFileSync(environment.path('elsewhere'), content);
        symlinkSync(environment.path('elsewhere'), file);
      },
    ],
  ])('comes from upstream where the cache holds %s', async (_, replace) => {
    jobCache.before = ({ dir, file }) => {
      writeFileSync(join(dir, file), content);
      replace(join(dir, file));
      return Promise.resolve('done');
    };
    await download();
    expect(upstream.requests).toHaveLength(1);
    expect(warnings()).toHaveLength(1);
  });

  test('needs no cache that works; many warn once', async () => {
    jobCache.before = () => Promise.reject(new Error('HTTP 500'));
    await Promise.all([download(), download(artifactOf('other', 'another'))]);
    expect(upstream.requests).toHaveLength(2);
    expect(warnings()).toEqual([
      '::warning title=k8s-bootstrap::the job’s cache is not used in this run: HTTP 500',
    ]);
    expect(kept()).toEqual([]);
  });

  test('that waits for the cache goes on when another found it broken; nothing is kept then', async () => {
    await download();
    const asked = Promise.withResolvers<undefined>();
    jobCache.before = (_, signal) => {
      asked.resolve(undefined);
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', reject);
      });
    };
    const other = download(artifactOf('other', 'another'));
    await asked.promise;
    cache.giveUp('broken');
    await other;
    expect(kept()).toEqual([]);
    expect(warnings()).toHaveLength(1);
  });

  test('without a cache says nothing', async () => {
    jobCache.before = () => Promise.resolve('unavailable');
    await download();
    await download(artifactOf('other', 'another'));
    expect(jobCache.requests).toHaveLength(1);
    expect(environment.log).toBe('');
    expect(kept()).toEqual([]);
  });

  test('that is cancelled ends with the reason', async () => {
    const cancel = new AbortController();
    jobCache.before = (_, signal) => {
      cancel.abort(new Error('cancelled'));
      return Promise.reject(signal.reason as Error);
    };
    await expect(download(undefined, cancel.signal)).rejects.toThrow('cancelled');
    expect(upstream.requests).toEqual([]);
    expect(readdirSync(dirname(path))).toEqual([]);
    expect(warnings()).toEqual([]);
  });
});

describe('keeping downloads', () => {
  const both = () => ['one', 'two'].map((name) => ({ key: name, path: join(environment.dir, 'ab', name) }));

  test('saves each from where it is', async () => {
    await keepDownloads(both, jobCache.client, never);
    // They go side by side.
    const saved = [...jobCache.requests].sort((a, b) => a.key.localeCompare(b.key));
    expect(saved).toMatchObject(
      ['one', 'two'].map((name) => ({
        operation: 'save',
        key: name,
        dir: join(environment.dir, 'ab'),
        file: name,
      })),
    );
    expect(readdirSync(join(environment.dir, 'ab'))).toEqual([]);
    expect(warnings()).toEqual([]);
  });

  test('warns once of a cache that does not take them', async () => {
    jobCache.before = () => Promise.reject(new Error('refused'));
    await keepDownloads(both, jobCache.client, never);
    expect(warnings()).toEqual([
      '::warning title=k8s-bootstrap::downloads are not kept in the job’s cache: refused',
    ]);
  });

  test('ends silently when cancelled', async () => {
    const cancel = new AbortController();
    jobCache.before = (_, signal) => {
      cancel.abort(new Error('cancelled'));
      return Promise.reject(signal.reason as Error);
    };
    await keepDownloads(both, jobCache.client, cancel.signal);
    expect(environment.log).toBe('');
  });
});

test('a runner without a cache’s URL offers none', () => {
  expect(cacheOffered({ ACTIONS_CACHE_URL: '' })).toBe(false);
  expect(cacheOffered({ ACTIONS_CACHE_URL: 'http://h/' })).toBe(true);
  expect(cacheOffered({ ACTIONS_RESULTS_URL: 'http://h/' })).toBe(true);
});
