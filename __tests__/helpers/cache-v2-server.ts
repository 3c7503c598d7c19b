import { buffer } from 'node:stream/consumers';
import { answerJson, CacheServer, jsonOf, SIGNATURE, type Protocol } from './cache-server.ts';

const SERVICE = '/twirp/github.actions.results.api.v1.CacheService';

/** Twirp for the entries, and a blob store like Azure's for their archives. */
const v2: Protocol = async (server, request, response) => {
  const url = new URL(request.url ?? '', server.url);
  const signed = (id: string): string => `${server.url}blob/${encodeURIComponent(id)}?sig=${SIGNATURE}`;
  if (url.pathname.startsWith('/blob/')) {
    const id = decodeURIComponent(url.pathname.slice('/blob/'.length));
    if (request.method === 'PUT') {
      server.entries.set(id, await buffer(request));
      response.writeHead(201, { etag: '"1"' }).end();
    } else response.end(server.entries.get(id));
    return;
  }
  const { key = '', version = '' } = await jsonOf(request);
  const id = `${key} ${version}`;
  switch (url.pathname) {
    case `${SERVICE}/GetCacheEntryDownloadURL`: {
      const found = server.entries.has(id);
      answerJson(
        response,
        found ? { ok: true, signed_download_url: signed(id), matched_key: key } : { ok: false },
      );
      return;
    }
    case `${SERVICE}/CreateCacheEntry`:
      if (server.entries.has(id)) answerJson(response, { code: 'already_exists', msg: 'there is one' }, 409);
      else answerJson(response, { ok: true, signed_upload_url: signed(id) });
      return;
    default:
      answerJson(response, { ok: true, entry_id: '1' });
  }
};

export async function startCacheV2(): Promise<CacheServer> {
  const server = await new CacheServer(v2).listen();
  Object.assign(process.env, {
    ACTIONS_CACHE_SERVICE_V2: 'true',
    ACTIONS_RESULTS_URL: server.url,
    ACTIONS_RUNTIME_TOKEN: 'token',
  });
  return server;
}
