import { readFileSync } from 'node:fs';
import { BootstrapError } from '../lib/errors.ts';
import { cniPlugins } from './data/cni-plugins.ts';
import { containerd } from './data/containerd.ts';
import { helm } from './data/helm.ts';
import { kind } from './data/kind.ts';
import { kubernetes134 } from './data/kubernetes-1.34.ts';
import { kubernetes135 } from './data/kubernetes-1.35.ts';
import { kubernetes136 } from './data/kubernetes-1.36.ts';
import { manifests } from './data/manifests.ts';
import { runc } from './data/runc.ts';

/** Upstream's URL without scheme → hex sha256. */
export type ChecksumTable = ReadonlyMap<string, string>;

const data = [
  kubernetes136,
  kubernetes135,
  kubernetes134,
  containerd,
  runc,
  cniPlugins,
  manifests,
  kind,
  helm,
];

let builtIn: ChecksumTable | undefined;

/** The project's own table. */
export function builtInChecksums(): ChecksumTable {
  builtIn ??= parseChecksums(data.join(''), 'built-in table');
  return builtIn;
}

/**
 * The built-in table with the entries of a sha256sum file over it.
 *
 * @param file path; undefined: the built-in table alone.
 * @throws BootstrapError `E_SPEC`: unreadable, or malformed at `file:line`.
 */
export function loadChecksums(file: string | undefined): ChecksumTable {
  if (file === undefined) return builtInChecksums();
  return new Map([...builtInChecksums(), ...parseChecksums(read(file), file)]);
}

/**
 * Reads what `sha256sum` prints for names of the form `<upstream host>/<path>`. Empty lines and `#` comments are
 * allowed.
 *
 * @throws BootstrapError `E_SPEC` naming the first wrong line.
 */
export function parseChecksums(text: string, file: string): ChecksumTable {
  const table = new Map<string, string>();
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const where = `${file}:${String(index + 1)}`;
    const [, hex, name] =
      /^([0-9a-fA-F]{64}) [ *](?:\.\/)?([A-Za-z0-9][\w.-]*(?::\d+)?\/[\w.+@~-][\w.+@/~-]*)$/.exec(line) ?? [];
    if (hex === undefined || name === undefined) {
      throw new BootstrapError('E_SPEC', `${where}: not a line of a checksum file`, {
        where,
        hint: 'every line is a sha256 in hex, two blanks and <upstream host>/<path>, as sha256sum prints it',
      });
    }
    const sha256 = hex.toLowerCase();
    if ((table.get(name) ?? sha256) !== sha256) {
      throw new BootstrapError('E_SPEC', `${where}: a second, different checksum of ${name}`, { where });
    }
    table.set(name, sha256);
  }
  return table;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new BootstrapError('E_SPEC', `cannot read the checksum file ${file}: ${reason}`, {
      where: 'artifacts.checksums',
      cause: error,
    });
  }
}
