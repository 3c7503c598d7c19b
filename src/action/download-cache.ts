import { chmod, lstat, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as core from '@actions/core';
import type { RemoteCache } from '../engine/api.ts';
import { annotateWarning } from './annotations.ts';
import type { CacheClient, CacheOutcome } from './cache-process.ts';
import type { Environment } from './environment.ts';
import { saveDownloads, type KeptDownload } from './state.ts';

/** Whether the runner offers a cache at all. */
export function cacheOffered(env: Environment): boolean {
  return [env['ACTIONS_RESULTS_URL'], env['ACTIONS_CACHE_URL']].some(
    (url) => url !== undefined && url !== '',
  );
}

/** The job's cache. At the first problem it warns, once, and is not used again in this run. */
export class DownloadCache implements RemoteCache {
  readonly #client: CacheClient;
  readonly #off = new AbortController();
  #kept: readonly KeptDownload[] = [];

  constructor(client: CacheClient) {
    this.#client = client;
  }

  async restore(key: string, path: string, signal: AbortSignal): Promise<boolean> {
    if (this.#off.signal.aborted) return false;
    try {
      return await this.#restore(key, path, AbortSignal.any([signal, this.#off.signal]));
    } catch (error) {
      if (!signal.aborted) this.giveUp(reasonOf(error));
      return false;
    }
  }

  async #restore(key: string, path: string, signal: AbortSignal): Promise<boolean> {
    const outcome = await inDirectoryBeside(path, async (dir) => {
      const request = { operation: 'restore', key, dir, file: basename(path), temporary: dir } as const;
      const done = await this.#client(request, signal);
      if (done === 'done') await takeFile(join(dir, request.file), path);
      return done;
    });
    if (outcome === 'unavailable') this.#off.abort();
    if (outcome === 'done') core.info(`from the job’s cache: ${key}`);
    return outcome === 'done';
  }

  keep(key: string, path: string): void {
    if (this.#off.signal.aborted) return;
    this.#kept = [...this.#kept, { key, path }];
    saveDownloads(this.#kept);
  }

  giveUp(reason: string): void {
    if (this.#off.signal.aborted) return;
    this.#off.abort();
    annotateWarning(`the job’s cache is not used in this run: ${reason}`);
    if (this.#kept.length > 0) saveDownloads([]);
  }
}

/** Saves downloads, side by side. The first problem ends it with a warning, reading which they are included. Never rejects. */
export async function keepDownloads(
  read: () => readonly KeptDownload[],
  client: CacheClient,
  signal: AbortSignal,
): Promise<void> {
  const off = new AbortController();
  const both = AbortSignal.any([signal, off.signal]);
  const giveUp = (error: unknown): void => {
    if (both.aborted) return;
    off.abort();
    annotateWarning(`downloads are not kept in the job’s cache: ${reasonOf(error)}`);
  };
  const save = async ({ key, path }: KeptDownload): Promise<void> => {
    try {
      const outcome = await inDirectoryBeside(path, (temporary) =>
        client({ operation: 'save', key, dir: dirname(path), file: basename(path), temporary }, both),
      );
      if (outcome === 'done') core.info(`in the job’s cache now: ${key}`);
    } catch (error) {
      giveUp(error);
    }
  };
  try {
    await Promise.all(read().map(save));
  } catch (error) {
    giveUp(error);
  }
}

async function inDirectoryBeside(
  path: string,
  work: (dir: string) => Promise<CacheOutcome>,
): Promise<CacheOutcome> {
  await mkdir(dirname(path), { recursive: true });
  const dir = await mkdtemp(`${path}.cache-`);
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}

async function takeFile(from: string, to: string): Promise<void> {
  const found = await lstat(from).catch(() => undefined);
  if (found?.isFile() !== true) throw new Error('an entry of it does not hold the file that it should');
  await chmod(from, 0o600);
  await rename(from, to);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
