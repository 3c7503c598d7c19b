import { LocalRunner } from '../exec/local.ts';
import { CacheOutput } from './cache-output.ts';

export interface CacheRequest {
  readonly operation: 'restore' | 'save';
  readonly key: string;
  /** The directory that the file is in, or is to be put into. */
  readonly dir: string;
  /** Its name there, a part of what the cache tells entries apart by. */
  readonly file: string;
  /** Directory for the archive. */
  readonly temporary: string;
}

/** `nothing`: there is no such entry, or there is one already, or the job may not read or write. */
export type CacheOutcome = 'done' | 'nothing' | 'unavailable';

/** Asks the job's cache for something. Rejects with what went wrong, or with the signal's reason. */
export type CacheClient = (request: CacheRequest, signal: AbortSignal) => Promise<CacheOutcome>;

export interface CacheLimits {
  /** Milliseconds in which the cache has to say whether it has an entry. */
  readonly answerMs: number;
  /** Milliseconds in which a file has to be transferred. */
  readonly transferMs: number;
}

const outcomes: Readonly<Record<number, CacheOutcome>> = { 0: 'done', 10: 'nothing', 11: 'unavailable' };

/** An archive may name any path, and the toolkit's tar would write there; so only the last part of a name counts. */
const FLAT = '--transform=s,.*/,, --no-same-owner';

/**
 * The toolkit's client as a process for each request. A process can be ended at any moment, with its retries, sockets
 * and `tar`; it has an environment of its own, which decides where files go; and what it prints ends here.
 *
 * @param script path of cache-client, compiled or not.
 */
export function cacheProcess(script: string, { answerMs, transferMs }: CacheLimits): CacheClient {
  return async ({ operation, key, dir, file, temporary }, signal) => {
    const stop = new AbortController();
    const stopAfter = (ms: number, what: string): NodeJS.Timeout =>
      setTimeout(() => {
        stop.abort(new Error(`${what} within ${String(ms / 1000)} s`));
      }, ms);
    const transferring = (): NodeJS.Timeout => stopAfter(transferMs, 'transfer not done');
    const output = new CacheOutput();
    let answered = operation === 'save';
    let limit = answered ? transferring() : stopAfter(answerMs, 'no answer');
    const onLine = (line: string): void => {
      output.read(line);
      if (output.problem !== undefined) stop.abort(new Error(output.problem));
      if (answered || !output.found) return;
      answered = true;
      clearTimeout(limit);
      limit = transferring();
    };
    try {
      const { exitCode } = await new LocalRunner().run([process.execPath, script, operation, key, file], {
        env: {
          GITHUB_WORKSPACE: dir,
          RUNNER_TEMP: temporary,
          ...(operation === 'restore' ? { TAR_OPTIONS: FLAT } : {}),
        },
        timeoutMs: answerMs + transferMs,
        signal: AbortSignal.any([signal, stop.signal]),
        onLine,
        maxOutputBytes: 0,
        accept: 'any',
      });
      const outcome = outcomes[exitCode];
      if (outcome === undefined) throw new Error(`its client ended with exit code ${String(exitCode)}`);
      return outcome;
    } finally {
      clearTimeout(limit);
    }
  };
}
