import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Part of every signed URL; must never be seen anywhere. */
export const SIGNATURE = 'c2lnbmF0dXJlLW9mLXRoZS1jYWNoZQ';

/** A cache of GitHub's, small and on this machine. Nothing but what `protocol` makes of it is specific to v1 or v2. */
export class CacheServer {
  /** Archives by key and version. */
  readonly entries = new Map<string, Buffer>();
  /** `<method> <path>` of each request. */
  readonly requests: string[] = [];
  /** Answers in place of the server where it returns true. */
  trouble: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  readonly #server = createServer((request, response) => {
    this.requests.push(`${request.method ?? ''} ${new URL(request.url ?? '', 'http://h').pathname}`);
    if (!this.trouble(request, response)) void this.#protocol(this, request, response);
  });
  readonly #protocol: Protocol;

  constructor(protocol: Protocol) {
    this.#protocol = protocol;
  }

  async listen(): Promise<this> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}/`;
  }

  /** Nobody answers there any more. */
  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

export type Protocol = (
  server: CacheServer,
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void>;

export function answerJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export async function jsonOf(request: IncomingMessage): Promise<Readonly<Record<string, string>>> {
  return JSON.parse(await text(request)) as Record<string, string>;
}
