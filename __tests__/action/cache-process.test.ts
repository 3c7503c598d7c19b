import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { cacheProcess, type CacheOutcome, type CacheRequest } from '../../src/action/cache-process.ts';
import { ActionEnvironment } from '../helpers/action-environment.ts';
import { SIGNATURE, type CacheServer } from '../helpers/cache-server.ts';
import { startCacheV1 } from '../helpers/cache-v1-server.ts';
import { startCacheV2 } from '../helpers/cache-v2-server.ts';

// Each request is a process that loads the toolkit, which takes most of a second, and more on a busy machine.
jest.setTimeout(60_000);

const script = resolve('src/action/cache-client.ts');
const limits = { answerMs: 50_000, transferMs: 50_000 };
const file = 'f'.repeat(64);
const content = Buffer.alloc(200_000, 'kubelet ');
const root = mkdtempSync(join(tmpdir(), 'k8s-bootstrap-cache-'));

let environment: ActionEnvironment;
let server: CacheServer;

beforeEach(() => {
  environment = new ActionEnvironment({});
  process.env['NODE_COMPILE_CACHE'] = join(root, 'compiled');
});
afterEach(() => {
  // The toolkit's output holds signed URLs.
  expect(environment.log).toBe('');
  environment.restore();
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

/** A request with directories that no other has. */
function request(operation: CacheRequest['operation'], key = 'key-1'): CacheRequest {
  const base = mkdtempSync(join(root, 'run-'));
  const [dir, temporary] = [join(base, 'dir'), join(base, 'temporary')];
  for (const path of [dir, temporary]) mkdirSync(path);
  if (operation === 'save') writeFileSync(join(dir, file), content);
  return { operation, key, dir, file, temporary };
}

const ask = (
  wanted: CacheRequest,
  more: Partial<typeof limits> = {},
  signal = new AbortController().signal,
): Promise<CacheOutcome> => cacheProcess(script, { ...limits, ...more })(wanted, signal);

const reasonOf = async (work: Promise<unknown>): Promise<string> => {
  const reason = await work.then(
    () => 'no error',
    (error: unknown) => (error as Error).message,
  );
  expect(reason).not.toContain(SIGNATURE);
  return reason;
};

const status = (code: number, body: string) => (_: IncomingMessage, response: ServerResponse) => {
  response.writeHead(code).end(body);
  return true;
};

/** For each test of a block, a server that holds one entry. */
function withServer(start: () => Promise<CacheServer>): void {
  let saved: ReadonlyMap<string, Buffer>;
  beforeAll(async () => {
    environment = new ActionEnvironment();
    const first = await start();
    try {
      expect(await ask(request('save'))).toBe('done');
      saved = new Map(first.entries);
    } finally {
      first.close();
      environment.restore();
    }
  });
  beforeEach(async () => {
    server = await start();
    for (const [id, archive] of saved) server.entries.set(id, archive);
  });
  afterEach(() => {
    server.close();
  });
}

const replaceArchive = (archive: Buffer): void => {
  for (const id of server.entries.keys()) server.entries.set(id, archive);
};

describe.each([
  ['v1', startCacheV1],
  ['v2', startCacheV2],
])('a cache of protocol %s', (_, start) => {
  withServer(start);

  test('gives back in one directory what was saved from another', async () => {
    const restore = request('restore');
    expect(await ask(restore)).toBe('done');
    expect(readFileSync(join(restore.dir, file)).equals(content)).toBe(true);
  });

  test('has nothing under other keys', async () => {
    expect(await ask(request('restore', 'key-2'))).toBe('nothing');
  });

  test('takes what it has no second time', async () => {
    expect(await ask(request('save'))).toBe('nothing');
  });

  test('that answers with errors is not asked twice', async () => {
    server.trouble = status(503, '{}');
    expect(await reasonOf(ask(request('restore')))).toContain('503');
    expect(server.requests).toHaveLength(1);
  });

  test('whose archive is garbage', async () => {
    replaceArchive(Buffer.from('garbage'));
    expect(await reasonOf(ask(request('restore')))).toMatch(/tar.* failed/);
  });
});

describe('a cache', () => {
  withServer(startCacheV2);

  test('that takes nothing for its errors', async () => {
    server.trouble = status(500, '{}');
    expect(await reasonOf(ask(request('save')))).toContain('500');
    expect(server.requests).toHaveLength(1);
  });

  test('that talks nonsense', async () => {
    server.trouble = status(200, `<p>see https://h/?sig=${SIGNATURE}`);
    expect(await reasonOf(ask(request('restore')))).toContain('JSON');
  });

  test('that refuses to take something', async () => {
    server.trouble = status(200, JSON.stringify({ ok: false, message: 'cache write denied: untrusted' }));
    expect(await reasonOf(ask(request('save')))).toBe('cache write denied: untrusted');
  });

  test('that never answers', async () => {
    server.trouble = () => true;
    expect(await reasonOf(ask(request('restore'), { answerMs: 500 }))).toBe('no answer within 0.5 s');
  });

  test('that never takes', async () => {
    server.trouble = () => true;
    expect(await reasonOf(ask(request('save'), { transferMs: 500 }))).toBe('transfer not done within 0.5 s');
  });

  test('whose archive does not arrive', async () => {
    server.trouble = ({ method, url = '' }, response) => {
      if (method !== 'GET' || !url.includes(SIGNATURE)) return false;
      response.writeHead(200, { 'content-length': 9 }).write('x');
      return true;
    };
    const reason = await reasonOf(ask(request('restore'), { transferMs: 200 }));
    expect(reason).toBe('transfer not done within 0.2 s');
  });

  test('that nobody runs', async () => {
    server.close();
    expect(await reasonOf(ask(request('restore')))).toContain('ECONNREFUSED');
  });

  test('is let go of at once when the run is cancelled', async () => {
    const asked = Promise.withResolvers<Socket>();
    server.trouble = ({ socket }) => {
      asked.resolve(socket);
      return true;
    };
    const cancel = new AbortController();
    const answer = reasonOf(ask(request('restore'), {}, cancel.signal));
    const gone = once(await asked.promise, 'close');
    cancel.abort(new Error('cancelled'));
    expect(await answer).toBe('cancelled');
    await gone;
  });

  test.each([
    ['restore', 'none'],
    ['save', 'read'],
  ] as const)('is not asked to %s where its mode is %s', async (operation, mode) => {
    process.env['ACTIONS_CACHE_MODE'] = mode;
    expect(await ask(request(operation))).toBe('nothing');
    expect(server.requests).toEqual([]);
  });

  test('that is not there', async () => {
    delete process.env['ACTIONS_RESULTS_URL'];
    expect(await ask(request('restore'))).toBe('unavailable');
  });

  test('whose archive names paths elsewhere writes nothing there', async () => {
    const evil = join(mkdtempSync(join(root, 'elsewhere-')), 'evil');
    writeFileSync(evil, 'evil');
    const compress = spawnSync('zstd', ['--version']).error === undefined ? '--zstd' : '-z';
    replaceArchive(spawnSync('tar', ['-cPf', '-', compress, evil]).stdout);
    rmSync(evil);
    const restore = request('restore');
    expect(await ask(restore)).toBe('done');
    expect(existsSync(evil)).toBe(false);
    expect(readdirSync(restore.dir)).toEqual(['evil']);
  });
});
