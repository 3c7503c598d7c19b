import * as core from '@actions/core';
import { isRecord } from '../lib/record.ts';

/** How far `main` came; empty when it never changed anything. */
export type RunPhase = '' | 'changing' | 'success' | 'failure' | 'cancelled' | 'reset';

/** What `main` tells `post`. The runner keeps it in a plain file: no secret may ever be part of it. */
export interface ActionState {
  readonly phase: RunPhase;
}

const KEY = 'phase';
const phases: readonly RunPhase[] = ['changing', 'success', 'failure', 'cancelled', 'reset'];

/** Replaces the state. */
export function saveState(state: ActionState): void {
  core.saveState(KEY, state.phase);
}

/** Reads what `main` saved last; only the post step sees it. */
export function readState(): ActionState {
  const saved = core.getState(KEY);
  return { phase: phases.find((phase) => phase === saved) ?? '' };
}

/** A file that the post step is to put into the job's cache. */
export interface KeptDownload {
  readonly key: string;
  readonly path: string;
}

const DOWNLOADS = 'downloads';

/** Replaces the list. */
export function saveDownloads(downloads: readonly KeptDownload[]): void {
  core.saveState(DOWNLOADS, downloads);
}

/** Reads what `main` saved last; only the post step sees it. */
export function readDownloads(): readonly KeptDownload[] {
  const saved = core.getState(DOWNLOADS);
  const list: unknown = saved === '' ? [] : JSON.parse(saved);
  return Array.isArray(list) ? list.filter(isKept) : [];
}

function isKept(value: unknown): value is KeptDownload {
  return isRecord(value) && typeof value['key'] === 'string' && typeof value['path'] === 'string';
}
