import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Artifact } from '../../src/artifacts/artifact.ts';
import { downloadArtifact, probeSource, type DownloadOptions } from '../../src/artifacts/download.ts';
import { systemClock, type Clock } from '../../src/lib/clock.ts';

const content = Buffer.alloc(300_000, 'artifact ');
const sha256 = createHash('sha256').update(content).digest('hex');

/** Retries at once; the watchdog's periods, which are longer, do not pass. */
const clock: Clock = {
  now: () => 0,
  sleep: (ms, signal) => (ms >= 30_000 ? systemClock.sleep(ms, signal) : Promise.resolve()),
};

const caches: string[] = [];
const newCache = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'k8s-bootstrap-cache-'));
  caches.push(dir);
  return dir;
};
let server: Server;
let handler: RequestListener;
let cacheDir: string;
let requests: string[];
let url: string;

beforeEach(async () => {
  cacheDir = newCache();
  requests = [];
  handler = (_request, response) => response.end(content);
  server = createServer((request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    handler(request, response);
  });
  const listening = Promise.withResolvers<undefined>();
  server.listen(0, '127.0.0.1', () => {
    listening.resolve(undefined);
  });
  await listening.promise;
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});

afterEach(() => {
  for (const dir of caches.splice(0)) rmSync(dir, { recursive: true });
  server.closeAllConnections();
  server.close();
});

const artifactAt = (path: string): Artifact => ({
  name: 'x',
  version: '1',
  upstream: 'h/x',
  url: `${url}${path}`,
  sha256,
});
const file = (): string => join(cacheDir, sha256.slice(0, 2), sha256);
const leftOvers = (): string[] => (existsSync(join(file(), '..')) ? readdirSync(join(file(), '..')) : []);
const download = (more: Partial<DownloadOptions> = {}): Promise<string> =>
  downloadArtifact(artifactAt('/x'), { cacheDir, clock, signal: new AbortController().signal, ...more });
const failure = (work: Promise<unknown>): Promise<{ code?: string; message: string; hint?: string }> =>
  work.then(
    () => ({ message: 'no error' }),
    (error: unknown) => error as { message: string },
  );

describe('downloadArtifact', () => {
  it('writes into the cache under the checksum, and reports progress', async () => {
    const progress: (number | undefined)[][] = [];
    handler = (_request, response) => response.setHeader('content-length', content.length).end(content);
    expect(await download({ onProgress: (...args) => progress.push(args) })).toBe(file());
    expect(readFileSync(file()).equals(content)).toBe(true);
    expect(progress.at(-1)).toEqual([content.length, content.length]);
    expect(leftOvers()).toEqual([sha256]);
  });

  it('verifies a cached file again, and replaces a damaged one', async () => {
    await download();
    await download();
    expect(requests).toHaveLength(1);
    writeFileSync(file(), content.subarray(1));
    await download();
    expect(requests).toHaveLength(2);
    expect(readFileSync(file()).equals(content)).toBe(true);
  });

  it('shares one download among callers, also its failure', async () => {
    await Promise.all([download(), download(), download()]);
    expect(requests).toHaveLength(1);
    cacheDir = newCache();
    handler = (_request, response) => response.writeHead(404).end();
    const errors = await Promise.all([failure(download()), failure(download())]);
    expect(errors.map(({ code }) => code)).toEqual(['E_DOWNLOAD', 'E_DOWNLOAD']);
    expect(requests).toHaveLength(2);
  });

  it('does not share another caller’s cancellation', async () => {
    const first = new AbortController();
    handler = (_request, response) => {
      if (requests.length === 1) first.abort(new Error('cancelled'));
      else response.end(content);
    };
    const [one, two] = await Promise.all([failure(download({ signal: first.signal })), download()]);
    expect(one.message).toBe('cancelled');
    expect(two).toBe(file());
  });

  it('lets a caller leave while another goes on', async () => {
    const waiting = new AbortController();
    handler = (_request, response) => {
      waiting.abort(new Error('cancelled'));
      response.end(content);
    };
    const [one, two] = await Promise.all([download(), failure(download({ signal: waiting.signal }))]);
    expect(one).toBe(file());
    expect(two.message).toBe('cancelled');
  });

  it('tries server errors and lost connections again', async () => {
    handler = (_request, response) => {
      if (requests.length <= 2) response.writeHead(503).end();
      else if (requests.length === 3) response.socket?.destroy();
      else if (requests.length === 4)
        response
          .setHeader('content-length', content.length)
          .write(content.subarray(9), () => response.socket?.destroy());
      else response.end(content);
    };
    await download();
    expect(requests).toHaveLength(5);
    expect(leftOvers()).toEqual([sha256]);
  });

  it('gives up after five attempts, naming the URL, the cause and what to do', async () => {
    handler = (_request, response) => response.writeHead(503).end();
    const error = await failure(download());
    expect(error).toMatchObject({
      code: 'E_DOWNLOAD',
      message: `cannot fetch ${url}/x: HTTP 503 Service Unavailable`,
    });
    expect(error.hint).toContain('artifacts.mirror');
    expect(requests).toHaveLength(5);
  });

  it('does not try 404 again', async () => {
    handler = (_request, response) => response.writeHead(404).end('gone');
    expect((await failure(download())).message).toContain('HTTP 404 Not Found');
    expect(requests).toHaveLength(1);
  });

  it.each<[string, Buffer]>([
    ['a flipped byte', Buffer.concat([content.subarray(1), Buffer.from('!')])],
    ['a truncation', content.subarray(0, -1)],
    ['an error page', Buffer.from('<html>login</html>')],
    ['nothing', Buffer.alloc(0)],
  ])('refuses %s and leaves nothing', async (_title, body) => {
    handler = (_request, response) => response.end(body);
    const error = await failure(download());
    const actual = createHash('sha256').update(body).digest('hex');
    expect(error).toMatchObject({
      code: 'E_CHECKSUM',
      message: `${url}/x is not what it should be: sha256 is ${actual}, expected ${sha256}`,
    });
    expect(leftOvers()).toEqual([]);
    expect(requests).toHaveLength(1);
  });

  it('ends a transfer that trickles', async () => {
    handler = (_request, response) => void response.write('x');
    const impatient: Clock = {
      now: () => 0,
      sleep: (ms, signal) => (ms === 50 ? systemClock.sleep(ms, signal) : Promise.resolve()),
    };
    const error = await failure(download({ clock: impatient, idleMs: 50 }));
    expect(error).toMatchObject({ code: 'E_DOWNLOAD' });
    expect(error.message).toMatch(/too slow: [01] bytes in 0.05 s/);
    expect(requests).toHaveLength(5);
    expect(leftOvers()).toEqual([]);
  });

  it('ends with the signal’s reason', async () => {
    const abort = new AbortController();
    handler = (_request, response) =>
      void response.write(content, () => {
        abort.abort(new Error('cancelled'));
      });
    expect((await failure(download({ signal: abort.signal }))).message).toBe('cancelled');
    expect((await failure(download({ signal: abort.signal }))).message).toBe('cancelled');
    expect(leftOvers()).toEqual([]);
  });

  it('follows redirects, but not for ever', async () => {
    handler = (request, response) =>
      request.url === '/x' ? response.writeHead(302, { location: '/y' }).end() : response.end(content);
    await download();
    expect(requests).toEqual(['GET /x', 'GET /y']);
    cacheDir = newCache();
    handler = (_request, response) => response.writeHead(302, { location: '/x' }).end();
    expect((await failure(download())).message).toContain('more than 5 redirects');
    handler = (_request, response) => response.writeHead(302, { location: 'ftp://x' }).end();
    expect((await failure(download())).message).toContain('redirect to no URL');
  });

  it('refuses a redirect from https to http', async () => {
    const fetch = () =>
      Promise.resolve(new Response(null, { status: 302, headers: { location: 'http://evil/x' } }));
    const artifact = { ...artifactAt('/x'), url: 'https://mirror/x' };
    const work = downloadArtifact(artifact, { cacheDir, clock, fetch, signal: new AbortController().signal });
    expect(await failure(work)).toMatchObject({
      code: 'E_DOWNLOAD',
      message: 'cannot fetch https://mirror/x: redirect from https to http (evil) refused',
    });
  });

  it('says when the cache cannot be used', async () => {
    writeFileSync(join(cacheDir, 'file'), '');
    const error = await failure(download({ cacheDir: join(cacheDir, 'file') }));
    expect(error).toMatchObject({ code: 'E_DOWNLOAD', hint: expect.stringContaining('artifacts.cacheDir') });
  });
});

describe('probeSource', () => {
  it('asks for the head alone', async () => {
    await probeSource(artifactAt('/x'));
    expect(requests).toEqual(['HEAD /x']);
  });

  it('takes a server that knows no HEAD as reached', async () => {
    handler = (_request, response) => response.writeHead(405).end();
    expect(await failure(probeSource(artifactAt('/x')))).toEqual({ message: 'no error' });
  });

  it('fails at once on an error, a refused connection and silence', async () => {
    handler = (_request, response) => response.writeHead(503).end();
    expect(await failure(probeSource(artifactAt('/x')))).toMatchObject({ code: 'E_DOWNLOAD' });
    handler = () => undefined;
    expect((await failure(probeSource(artifactAt('/x'), { timeoutMs: 50 }))).message).toContain(
      'no answer in 0.05 s',
    );
    const abort = new AbortController();
    handler = () => {
      abort.abort(new Error('cancelled'));
    };
    expect((await failure(probeSource(artifactAt('/x'), { signal: abort.signal }))).message).toBe(
      'cancelled',
    );
    const refused = { ...artifactAt('/x'), url: 'http://127.0.0.1:1/x' };
    expect((await failure(probeSource(refused))).message).toMatch(/ECONNREFUSED|bad port/);
  });
});
