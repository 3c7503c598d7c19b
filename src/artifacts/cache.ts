import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BootstrapError } from '../lib/errors.ts';

/** Where a file of this content is kept. */
export function cachePath(cacheDir: string, sha256: string): string {
  return join(cacheDir, sha256.slice(0, 2), sha256);
}

/** Whether the file is there with the content that its name says; one with another content is removed. */
export async function isCached(path: string, sha256: string, signal: AbortSignal): Promise<boolean> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Buffer);
  } catch (error) {
    signal.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw cacheError(path, error);
  }
  if (hash.digest('hex') === sha256) return true;
  await rm(path, { force: true });
  return false;
}

/**
 * Writes a file so that it is there either whole or not at all, also after a crash: a temporary name beside it, fsync,
 * rename. Nothing stays behind when `write` fails.
 */
export async function writeAtomically(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.part`;
  const file = await openNew(temporary);
  try {
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw (error as NodeJS.ErrnoException).syscall === undefined ? error : cacheError(path, error);
  }
}

async function openNew(path: string): Promise<FileHandle> {
  try {
    await mkdir(dirname(path), { recursive: true });
    return await open(path, 'wx', 0o600);
  } catch (error) {
    throw cacheError(path, error);
  }
}

function cacheError(path: string, cause: unknown): BootstrapError {
  const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
  return new BootstrapError('E_DOWNLOAD', `cannot use the download cache at ${dirname(path)}: ${reason}`, {
    hint: 'see that it is writable and has room, or name another directory (artifacts.cacheDir)',
    cause,
  });
}
