import { join } from 'node:path';
import { cniCatalog } from '../cni/index.ts';
import { createEngine } from '../engine/index.ts';
import { loadSpec } from '../spec/load.ts';
import { cacheProcess } from './cache-process.ts';
import type { ActionDependencies } from './dependencies.ts';

/** The runner sends SIGTERM 7.5 s after SIGINT; this leaves time to write what is known. */
const GRACE_MS = 6_000;

const CACHE_LIMITS = { answerMs: 15_000, transferMs: 60_000 };

/** The real things. */
export function productionDependencies(): ActionDependencies {
  return {
    engine: createEngine(),
    load: (source) => loadSpec(source, { cnis: cniCatalog }),
    env: process.env,
    signals: process,
    cacheClient: cacheProcess(join(import.meta.dirname, '..', 'cache', 'index.js'), CACHE_LIMITS),
    graceMs: GRACE_MS,
  };
}
