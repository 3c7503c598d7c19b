import type { Artifact } from './artifact.ts';

/**
 * A place beyond this machine where downloads are kept between runs. It may be slow, broken or hold anything: nothing
 * that happens to it is an error of the run, and what comes out of it is verified like a download.
 */
export interface RemoteCache {
  /**
   * Puts the file of this key at `path`, if it has one. Never rejects.
   *
   * @returns whether something, not yet verified, is at `path` now.
   */
  restore(key: string, path: string, signal: AbortSignal): Promise<boolean>;
  /** Takes note of a verified download that shall be kept under this key. Costs no time. */
  keep(key: string, path: string): void;
  /** Uses it no more in this run, and says why. */
  giveUp(reason: string): void;
}

/** What an artifact is kept under. No two files have the same: the checksum is part of it. */
export function remoteKey({ name, version, arch, sha256 }: Artifact): string {
  return ['k8s-bootstrap', name, version, arch ?? 'any', sha256].join('-').replace(/[^\w.+-]/g, '_');
}
