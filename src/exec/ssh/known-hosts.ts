import { createHash, createHmac } from 'node:crypto';
import { BootstrapError } from '../../lib/errors.ts';

export interface KnownKey {
  /** Such as `ssh-ed25519`. */
  readonly type: string;
  /** `SHA256:…`, as ssh-keygen prints it. */
  readonly fingerprint: string;
  /** The key as it goes over the wire. */
  readonly key: Buffer;
}

export interface KnownHosts {
  /** Keys that are valid, and keys that are revoked, for a host. */
  readonly lookup: (
    address: string,
    port: number,
  ) => { readonly keys: readonly KnownKey[]; readonly revoked: readonly KnownKey[] };
  /** What had to be ignored, one sentence each. */
  readonly notes: readonly string[];
}

interface Entry {
  readonly patterns: readonly string[];
  readonly revoked: boolean;
  readonly key: KnownKey;
}

/**
 * Reads the format of OpenSSH's known_hosts: plain, `[host]:port`, wildcard, negated and hashed patterns, `@revoked`.
 * Certificate authorities are not supported and noted.
 *
 * @param where name of the file, for messages.
 * @throws E_SPEC naming the line that is malformed.
 */
export function parseKnownHosts(text: string, where = 'known_hosts'): KnownHosts {
  const notes: string[] = [];
  const entries: Entry[] = [];
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = raw.trim();
    const place = `${where}:${String(index + 1)}`;
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('@cert-authority')) {
      notes.push(`${place}: host certificates are not supported; this line is ignored`);
      continue;
    }
    entries.push(parseLine(line, place));
  }
  const lookup = (address: string, port: number) => {
    const name = hostName(address, port);
    const found = entries.filter(({ patterns }) => matchesHost(patterns, name));
    const keys = (revoked: boolean) =>
      found.filter((entry) => entry.revoked === revoked).map(({ key }) => key);
    return { keys: keys(false), revoked: keys(true) };
  };
  return { lookup, notes };
}

/** How known_hosts names a host: the address alone for port 22, else `[address]:port`. */
export function hostName(address: string, port: number): string {
  const name = address.toLowerCase();
  return port === 22 ? name : `[${name}]:${String(port)}`;
}

/** `SHA256:…` of a key as it goes over the wire. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The type that a key on the wire says it is of; empty when it says nothing sensible. */
export function keyTypeOf(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0;
  return length <= 64 && key.length >= 4 + length ? key.toString('latin1', 4, 4 + length) : '';
}

function parseLine(line: string, where: string): Entry {
  const fields = line.split(/[ \t]+/);
  const revoked = fields[0] === '@revoked';
  const [hosts, type, base64] = revoked ? fields.slice(1) : fields;
  if (hosts === undefined || hosts.startsWith('@') || type === undefined || base64 === undefined) {
    throw malformed(where, 'expected: hosts, key type, key');
  }
  const key = Buffer.from(base64, 'base64');
  if (!/^[A-Za-z0-9+/]+=*$/.test(base64) || keyTypeOf(key) !== type) {
    throw malformed(where, 'the key is not of the type it is said to be');
  }
  if (hosts.startsWith('|') && !/^\|1\|[^|]+\|[^|]+$/.test(hosts))
    throw malformed(where, 'unknown kind of hashing');
  return { patterns: hosts.split(','), revoked, key: { type, fingerprint: fingerprintOf(key), key } };
}

function malformed(where: string, reason: string): BootstrapError {
  return new BootstrapError('E_SPEC', `malformed known_hosts line: ${reason}`, {
    where,
    hint: 'Take the line as `ssh-keyscan` prints it, or as it is in ~/.ssh/known_hosts.',
  });
}

function matchesHost(patterns: readonly string[], name: string): boolean {
  const negated = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  if (negated.some((pattern) => matchesPattern(pattern, name))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && matchesPattern(pattern, name));
}

function matchesPattern(pattern: string, name: string): boolean {
  const [, version, salt = '', hash] = pattern.split('|');
  if (version === '1') {
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
  }
  const source = pattern
    .toLowerCase()
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  // `[host]:22` is written by some tools for the default port.
  return new RegExp(`^${source}$`).test(name) || pattern.toLowerCase() === `[${name}]:22`;
}
