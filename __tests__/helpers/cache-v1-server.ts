import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { answerJson, CacheServer, jsonOf, SIGNATURE, type Protocol } from './cache-server.ts';

/** Reserve, upload in chunks, commit; as in GitHub Enterprise Server and act. */
function v1(): Protocol {
  const reserved: Upload[] = [];
  return async (server, request, response) => {
    const url = new URL(request.url ?? '', server.url);
    const [, resource = '', id = ''] = /^\/(?:_apis\/artifactcache\/)?(\w+)\/?(.*)$/.exec(url.pathname) ?? [];
    if (resource === 'cache') {
      const key = url.searchParams.get('keys') ?? '';
      const entry = `${key} ${url.searchParams.get('version') ?? ''}`;
      const archiveLocation = `${server.url}archive/${encodeURIComponent(entry)}?sig=${SIGNATURE}`;
      if (server.entries.has(entry)) answerJson(response, { archiveLocation, cacheKey: key });
      else response.writeHead(204).end();
    } else if (resource === 'archive') {
      response.end(server.entries.get(decodeURIComponent(id)));
    } else if (id === '') {
      const { key = '', version = '' } = await jsonOf(request);
      const entry = `${key} ${version}`;
      if (server.entries.has(entry)) answerJson(response, { message: 'already exist' }, 400);
      else answerJson(response, { cacheId: reserved.push({ entry, chunks: new Map() }) });
    } else {
      const upload = reserved[Number(id) - 1];
      if (request.method === 'PATCH') await addChunk(upload, request);
      else if (upload !== undefined) server.entries.set(upload.entry, wholeOf(upload));
      response.writeHead(upload === undefined ? 404 : 204).end();
    }
  };
}

interface Upload {
  readonly entry: string;
  /** By their offsets. */
  readonly chunks: Map<number, Buffer>;
}

async function addChunk(upload: Upload | undefined, request: IncomingMessage): Promise<void> {
  const offset = Number(/^bytes (\d+)-/.exec(request.headers['content-range'] ?? '')?.[1]);
  upload?.chunks.set(offset, await buffer(request));
}

function wholeOf({ chunks }: Upload): Buffer {
  return Buffer.concat([...chunks].sort(([a], [b]) => a - b).map(([, chunk]) => chunk));
}

export async function startCacheV1(): Promise<CacheServer> {
  const server = await new CacheServer(v1()).listen();
  Object.assign(process.env, { ACTIONS_CACHE_URL: server.url, ACTIONS_RUNTIME_TOKEN: 'token' });
  delete process.env['ACTIONS_CACHE_SERVICE_V2'];
  return server;
}
