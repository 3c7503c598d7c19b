import type { Artifact } from './artifact.ts';
import { discard, downloadError, HttpError, request, type Fetch } from './http.ts';

export interface ProbeOptions {
  readonly signal?: AbortSignal | undefined;
  readonly fetch?: Fetch | undefined;
  /** Milliseconds. Default 15 000. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Asks the source for the artifact's head, once and without a retry, to tell early that it is not there.
 *
 * @throws BootstrapError `E_DOWNLOAD`; the signal's reason when it aborts.
 */
export async function probeSource(artifact: Artifact, options: ProbeOptions = {}): Promise<void> {
  const { signal, fetch = globalThis.fetch, timeoutMs = 15_000 } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  try {
    await discard(await request(artifact.url, fetch, { method: 'HEAD', signal: either }));
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    if (timeout.aborted)
      throw downloadError(artifact.url, new Error(`no answer in ${String(timeoutMs / 1000)} s`));
    // Some servers know no HEAD, and answer all the same.
    if (error instanceof HttpError && /^HTTP (405|501)\b/.test(error.message)) return;
    throw downloadError(artifact.url, error);
  }
}
