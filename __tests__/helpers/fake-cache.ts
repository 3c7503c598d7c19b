import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CacheOutcome, CacheRequest } from '../../src/action/cache-process.ts';

/** A job's cache in memory. */
export class FakeCache {
  readonly requests: CacheRequest[] = [];
  /** Contents by key. */
  readonly entries = new Map<string, string>();
  /** Comes first; what it rejects with is the cache's trouble. */
  before: (request: CacheRequest, signal: AbortSignal) => Promise<CacheOutcome | undefined> = () =>
    Promise.resolve(undefined);

  readonly client = async (request: CacheRequest, signal: AbortSignal): Promise<CacheOutcome> => {
    this.requests.push(request);
    const outcome = await this.before(request, signal);
    if (outcome !== undefined) return outcome;
    const entry = this.entries.get(request.key);
    if (request.operation === 'save') return 'done';
    if (entry === undefined) return 'nothing';
    writeFileSync(join(request.dir, request.file), entry);
    return 'done';
  };
}
