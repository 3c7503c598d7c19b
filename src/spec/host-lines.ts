import { parseHostPort } from './address.ts';
import { shown, type Problem } from './problem.ts';
import { suggestion } from './suggest.ts';

/** Hosts of the short form, in the fields of the cluster file, still to be validated like those of a file. */
export interface HostLines {
  readonly hosts: readonly Readonly<Record<string, unknown>>[];
  /** Line of each host, from 1. */
  readonly lines: readonly number[];
  readonly problems: readonly Problem[];
}

const settings: Readonly<Record<string, string>> = { role: 'role', 'host-key': 'hostKey', name: 'name' };

const FORM =
  'write [user@]address[:port] [role=control-plane|worker] [host-key=SHA256:…] [name=…], IPv6 in brackets';

/** Reads one host per line; empty lines and what follows a `#` at a word's start do not count. */
export function parseHostLines(text: string): HostLines {
  const hosts: Record<string, unknown>[] = [];
  const lines: number[] = [];
  const problems: Problem[] = [];
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const words = line
      .replace(/(^|\s)#.*$/, '')
      .split(/\s+/)
      .filter((word) => word !== '');
    const [target, ...rest] = words;
    if (target === undefined) continue;
    const path = ['hosts', hosts.length];
    const host = parseTarget(target);
    if (host === undefined) problems.push({ path, what: `${shown(target)} is not a host`, fix: FORM });
    hosts.push({
      ...(host ?? { address: placeholder(hosts.length) }),
      ...readSettings(rest, path, problems),
    });
    lines.push(index + 1);
  }
  return { hosts, lines, problems };
}

/** A valid address that stands for one that is not, so that the rest of the input can be checked. */
export function placeholder(index: number): string {
  return `host-${String(index)}.invalid`;
}

function parseTarget(target: string): Record<string, unknown> | undefined {
  const at = target.lastIndexOf('@');
  const place = parseHostPort(target.slice(at + 1));
  if (place === undefined || at === 0) return undefined;
  return {
    address: place.host,
    ...(at < 0 ? {} : { user: target.slice(0, at) }),
    ...(place.port === undefined ? {} : { port: place.port }),
  };
}

function readSettings(
  words: readonly string[],
  path: Problem['path'],
  problems: Problem[],
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const word of words) {
    const [, name = word, value] = /^([^=]*)=(.+)$/.exec(word) ?? [];
    const field = Object.hasOwn(settings, name) ? settings[name] : undefined;
    if (field === undefined || value === undefined) {
      problems.push({
        path,
        what: `${shown(word)} is not a setting of a host`,
        fix: suggestion(name, Object.keys(settings)),
      });
    } else if (Object.hasOwn(found, field)) {
      problems.push({ path, what: `${name} is given twice`, fix: 'keep one' });
    } else found[field] = value;
  }
  return found;
}
