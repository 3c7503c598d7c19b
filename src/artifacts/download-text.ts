import type { Clock } from '../lib/clock.ts';
import { retry } from '../lib/retry.ts';
import { downloadError, HttpError, networkReason, request, type Fetch } from './http.ts';

export interface AskOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Default: the platform's. */
  readonly fetch?: Fetch | undefined;
}

const ATTEMPTS = 3;
const TIMEOUT_MS = 15_000;
const MAX_CHARACTERS = 4096;

/**
 * A short text, such as a version or a checksum: nothing verifies it but the connection. Errors of the server and lost
 * connections are tried again.
 *
 * @throws BootstrapError `E_DOWNLOAD`; the signal's reason when it aborts.
 */
export async function downloadText(url: string, options: AskOptions): Promise<string> {
  const { clock, signal } = options;
  const retryable = (error: unknown): boolean => error instanceof HttpError && error.retryable;
  try {
    return await retry(() => attempt(url, options), { clock, signal, attempts: ATTEMPTS, retryable });
  } catch (error) {
    throw error instanceof HttpError ? downloadError(url, error) : error;
  }
}

async function attempt(url: string, { signal, fetch = globalThis.fetch }: AskOptions): Promise<string> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    return await textOf(await request(url, fetch, { signal: AbortSignal.any([signal, timeout]) }));
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (timeout.aborted) throw new HttpError(`no answer in ${String(TIMEOUT_MS / 1000)} s`, true, error);
    if (error instanceof HttpError) throw error;
    throw new HttpError(`connection lost: ${networkReason(error)}`, true, error);
  }
}

async function textOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_CHARACTERS) throw new HttpError('larger than 4 KiB', false);
  }
  return text;
}
