import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server on this machine that has the given files, by path; anything else is 404. */
export async function serveFiles(files: Readonly<Record<string, string | Uint8Array>>) {
  const requests: string[] = [];
  const server = createServer(({ method = '', url = '' }, response) => {
    requests.push(`${method} ${url}`);
    const content = files[url];
    response.writeHead(content === undefined ? 404 : 200).end(content);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    /** `host:port`. */
    host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    requests,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
