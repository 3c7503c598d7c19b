import { createHash } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { retry } from '../lib/retry.ts';
import type { Artifact } from './artifact.ts';
import { checksumError } from './checksum-error.ts';
import { cachePath, isCached, writeAtomically } from './cache.ts';
import { downloadError, HttpError, networkReason, request, type Fetch } from './http.ts';
import { shareUnless } from './in-flight.ts';
import { remoteKey, type RemoteCache } from './remote-cache.ts';
import { startWatchdog } from './watchdog.ts';

export { probeSource } from './probe.ts';

export interface DownloadOptions {
  readonly cacheDir: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Asked before the download, and given what was downloaded. */
  readonly remoteCache?: RemoteCache | undefined;
  /** Default: the platform's. */
  readonly fetch?: Fetch | undefined;
  /** Called after each chunk; `total` is undefined when the server does not say it. */
  readonly onProgress?: ((received: number, total: number | undefined) => void) | undefined;
  /** Milliseconds in which at least 8 KiB must arrive, the response's head included. Default 30 000. */
  readonly idleMs?: number | undefined;
}

const ATTEMPTS = 5;
const MIN_BYTES = 8 * 1024;

/** More than any artifact has; a server must not fill the runner's disk. */
const MAX_BYTES = 2 * 1024 ** 3;

/**
 * The artifact's file in the cache, fetched unless it is there already, its checksum verified either way. A remote
 * cache is asked before the artifact's server, whose errors and lost connections are tried again. Callers at the same
 * time share one download.
 *
 * @returns path of a file that others use too: never to be written.
 * @throws BootstrapError `E_DOWNLOAD`, `E_CHECKSUM`; the signal's reason when it aborts.
 */
export async function downloadArtifact(artifact: Artifact, options: DownloadOptions): Promise<string> {
  const path = cachePath(options.cacheDir, artifact.sha256);
  await shareUnless(path, options.signal, async () => {
    if (await isCached(path, artifact.sha256, options.signal)) return;
    if (await isRestored(artifact, path, options)) return;
    try {
      await retry(
        () => writeAtomically(path, (file) => transfer(artifact, options, (chunk) => file.appendFile(chunk))),
        {
          clock: options.clock,
          signal: options.signal,
          attempts: ATTEMPTS,
          baseMs: 500,
          maxMs: 10_000,
          retryable: (error) => error instanceof HttpError && error.retryable,
        },
      );
    } catch (error) {
      throw error instanceof HttpError ? downloadError(artifact.url, error) : error;
    }
    options.remoteCache?.keep(remoteKey(artifact), path);
  });
  return path;
}

async function isRestored(
  artifact: Artifact,
  path: string,
  { remoteCache, signal }: DownloadOptions,
): Promise<boolean> {
  if (remoteCache === undefined) return false;
  if (!(await remoteCache.restore(remoteKey(artifact), path, signal))) return false;
  if (await isCached(path, artifact.sha256, signal)) return true;
  const { name, version } = artifact;
  remoteCache.giveUp(`what it has as ${name} ${version} does not match the checksum; it was not used`);
  return false;
}

type Write = (chunk: Uint8Array) => Promise<void>;

async function transfer(artifact: Artifact, options: DownloadOptions, write: Write): Promise<void> {
  const { clock, signal, fetch = globalThis.fetch, idleMs = 30_000 } = options;
  const watchdog = startWatchdog({ clock, signal, idleMs, minBytes: MIN_BYTES });
  try {
    const response = await request(artifact.url, fetch, { signal: watchdog.signal });
    const hash = createHash('sha256');
    for await (const chunk of chunksOf(response, options)) {
      watchdog.feed(chunk.length);
      hash.update(chunk);
      await write(chunk);
    }
    const actual = hash.digest('hex');
    if (actual !== artifact.sha256) throw checksumError(artifact, actual);
  } catch (error) {
    if (watchdog.signal.aborted) throw watchdog.signal.reason;
    throw error;
  } finally {
    watchdog.stop();
  }
}

async function* chunksOf(response: Response, { onProgress }: DownloadOptions): AsyncGenerator<Uint8Array> {
  const length = response.headers.get('content-length');
  const total = length === null ? undefined : Number(length);
  const body = (response.body ?? []) as AsyncIterable<Uint8Array>;
  const chunks = body[Symbol.asyncIterator]();
  try {
    for (let received = 0; ;) {
      const next = await chunks.next().catch((error: unknown) => {
        throw new HttpError(`connection lost: ${networkReason(error)}`, true, error);
      });
      if (next.done === true) return;
      received += next.value.length;
      if (received > MAX_BYTES) throw new HttpError('larger than 2 GiB', false);
      onProgress?.(received, total);
      yield next.value;
    }
  } finally {
    await chunks.return?.().catch(() => undefined);
  }
}
