import { randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { BootstrapError } from '../lib/errors.ts';
import { expandHome } from '../lib/home.ts';

/**
 * Makes sure, before anything else happens, that a file can be written at the path.
 *
 * @returns the absolute path.
 * @throws BootstrapError `E_OUTPUT`
 */
export function checkOutputFile(path: string, what: string): string {
  const absolute = resolve(expandHome(path, process.env['HOME']));
  checkOutputDir(dirname(absolute), what);
  const stat = lstatSync(absolute, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true) throw refused(what, absolute, 'it is a directory');
  if (stat?.isSymbolicLink() === true) throw refused(what, absolute, 'it is a symbolic link');
  if (stat !== undefined && !stat.isFile()) throw refused(what, absolute, 'it is not a regular file');
  return absolute;
}

/**
 * Makes the directory, if it is missing, and makes sure that files can be written to it.
 *
 * @returns the absolute path.
 * @throws BootstrapError `E_OUTPUT`
 */
export function checkOutputDir(path: string, what: string): string {
  const absolute = resolve(expandHome(path, process.env['HOME']));
  const probe = join(absolute, `.k8s-bootstrap-${randomUUID()}`);
  try {
    mkdirSync(absolute, { recursive: true, mode: 0o700 });
    writeFileSync(probe, '', { flag: 'wx', mode: 0o600 });
    rmSync(probe);
  } catch (error) {
    throw refused(what, absolute, (error as NodeJS.ErrnoException).code ?? String(error), error);
  }
  return absolute;
}

/** Writes a file by renaming a finished one over it, so that no reader ever sees half of it. */
export function writeByRename(path: string, text: string): void {
  const temporary = `${path}.${randomUUID()}`;
  try {
    writeFileSync(temporary, text, { flag: 'wx', mode: 0o644 });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw refused('file', path, (error as NodeJS.ErrnoException).code ?? String(error), error);
  }
}

function refused(what: string, path: string, reason: string, cause?: unknown): BootstrapError {
  return new BootstrapError('E_OUTPUT', `cannot write the ${what} to ${path}: ${reason}`, {
    where: path,
    hint: 'name a path in a directory that this user may write to',
    cause,
  });
}
