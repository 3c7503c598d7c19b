import { BootstrapError } from '../lib/errors.ts';

/** The `fetch` of the platform, or a test's. */
export type Fetch = typeof globalThis.fetch;

const MAX_REDIRECTS = 5;

/** A request that failed; `retryable` when another attempt may succeed. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly retryable: boolean;

  constructor(message: string, retryable: boolean, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.retryable = retryable;
  }
}

/**
 * A successful response. Redirects are followed, but never from https to http.
 *
 * @throws HttpError
 */
export async function request(url: string, fetch: Fetch, init: RequestInit): Promise<Response> {
  let target = new URL(url);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const response = await send(target, fetch, init);
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) return accept(response);
    await discard(response);
    const next = URL.canParse(location, target.href) ? new URL(location, target) : undefined;
    if (next === undefined || !/^https?:$/.test(next.protocol))
      throw new HttpError('redirect to no URL', false);
    if (target.protocol === 'https:' && next.protocol === 'http:') {
      throw new HttpError(`redirect from https to http (${next.host}) refused`, false);
    }
    target = next;
  }
  throw new HttpError(`more than ${String(MAX_REDIRECTS)} redirects`, false);
}

/** What a failed download or probe is called. */
export function downloadError(url: string, cause: unknown): BootstrapError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new BootstrapError('E_DOWNLOAD', `cannot fetch ${url}: ${reason}`, {
    hint: 'see that the runner reaches it, or name a mirror that has it (artifacts.mirror)',
    cause,
  });
}

async function send(url: URL, fetch: Fetch, init: RequestInit): Promise<Response> {
  try {
    // Otherwise a server may send an archive with a content encoding, and what arrives is not the archive.
    return await fetch(url.href, { ...init, redirect: 'manual', headers: { 'accept-encoding': 'identity' } });
  } catch (error) {
    if (init.signal?.aborted === true) throw init.signal.reason;
    throw new HttpError(networkReason(error), true, error);
  }
}

async function accept(response: Response): Promise<Response> {
  if (response.ok) return response;
  await discard(response);
  const { status } = response;
  throw new HttpError(
    `HTTP ${String(status)} ${response.statusText}`.trim(),
    status >= 500 || status === 429 || status === 408,
  );
}

/** Frees the connection. */
export async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}

/** `fetch failed` says nothing; its cause does, by its message or, where that is empty, by its code. */
export function networkReason(error: unknown): string {
  const { cause = error } = error as { readonly cause?: unknown };
  const { message = '', code } = cause as { readonly message?: string; readonly code?: string };
  return message === '' ? (code ?? String(cause)) : message;
}
