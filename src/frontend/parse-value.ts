import { existsSync } from 'node:fs';
import { parse } from 'yaml';
import { BootstrapError } from '../lib/errors.ts';
import type { OptionKind } from './option.ts';

/** Field and value that an option's text stands for. */
export interface ParsedValue {
  /** Instead of the option's own field. */
  readonly field?: string;
  readonly value: unknown;
}

/**
 * Reads an option's text. Only its form is looked at; what it may mean is for the cluster file's validation.
 *
 * @param where name of the input or flag, for errors.
 * @throws BootstrapError `E_USAGE`
 */
export function parseValue(kind: OptionKind, text: string, where: string): ParsedValue {
  return parsers[kind](text, where);
}

type Parser = (text: string, where: string) => ParsedValue;

const parsers: Readonly<Record<OptionKind, Parser>> = {
  text: (text) => ({ value: text }),
  integer: (text, where) => {
    if (!/^\d{1,9}$/.test(text)) throw usage(where, 'must be a whole number');
    return { value: Number(text) };
  },
  seconds: (text, where) => ({ value: parseSeconds(text, where) }),
  list: (text) => ({ value: splitList(text) }),
  map: (text, where) => ({ value: parseMap(text, where) }),
  yaml: (text, where) => {
    try {
      return { value: parse(text, { maxAliasCount: 0 }) as unknown };
    } catch (error) {
      throw usage(where, `is not valid YAML: ${(error as Error).message.split('\n')[0] ?? ''}`);
    }
  },
  // A line of known_hosts has at least three fields; a path only rarely has a space.
  'known-hosts': (text) =>
    /\s/.test(text) && !existsSync(text) ? { field: 'ssh.knownHostsText', value: text } : { value: text },
  bastion: (text, where) => ({ value: parseBastion(text, where) }),
  ports: (text, where) => ({ value: splitList(text).map((item) => parsePortMapping(item, where)) }),
};

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

function parseSeconds(text: string, where: string): number {
  const parts = /^(?:(\d{1,6})|((?:\d{1,6}[smh])+))$/.exec(text);
  const total =
    parts?.[1] === undefined
      ? [...(parts?.[2] ?? '').matchAll(/(\d+)([smh])/g)].reduce(
          (sum, [, count, unit = '']) => sum + Number(count) * (unitSeconds[unit] ?? 0),
          0,
        )
      : Number(parts[1]);
  if (total <= 0) throw usage(where, 'must be a time such as 15m, 90s, 1h30m or a number of seconds');
  return total;
}

/** One item a line, or several separated by commas or spaces. */
export function splitList(text: string): string[] {
  return text.split(/[\s,]+/).filter((item) => item !== '');
}

function parseMap(text: string, where: string): Record<string, string> {
  const pairs = splitList(text).map((line) => {
    const at = line.indexOf('=');
    if (at < 1 || at === line.length - 1) throw usage(where, 'must have the form registry=url, one a line');
    return [line.slice(0, at), line.slice(at + 1)] as const;
  });
  return Object.fromEntries(pairs);
}

function parseBastion(text: string, where: string): Record<string, unknown> {
  const [target = '', ...rest] = text.split(/\s+/);
  const match = /^(?:([^@]+)@)?(\[[^\]]+\]|[^:@[\]]+)(?::(\d{1,5}))?$/.exec(target);
  if (match === null)
    throw usage(where, 'must have the form user@host:port, optionally with host-key=SHA256:…');
  const [, user, address = '', port] = match;
  const keys: Readonly<Record<string, string>> = { 'host-key': 'hostKey', 'key-file': 'keyFile' };
  const settings = rest.map((word) => {
    const at = word.indexOf('=');
    const field = keys[word.slice(0, Math.max(0, at))];
    if (field === undefined) throw usage(where, 'knows only host-key=… and key-file=… behind the address');
    return [field, word.slice(at + 1)] as const;
  });
  return {
    address: address.replace(/^\[(.*)\]$/, '$1'),
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...Object.fromEntries(settings),
  };
}

function parsePortMapping(text: string, where: string): Record<string, unknown> {
  const match = /^(?:(\[[0-9a-fA-F:.]+\]|[0-9.]+):)?(\d{1,5}):(\d{1,5})(?:\/(tcp|udp|sctp))?$/i.exec(text);
  if (match === null)
    throw usage(where, 'must have the form [address:]port:node-port[/tcp|udp|sctp], one a line');
  const [, address, hostPort, containerPort, protocol] = match;
  return {
    hostPort: Number(hostPort),
    containerPort: Number(containerPort),
    ...(address === undefined ? {} : { listenAddress: address.replace(/^\[(.*)\]$/, '$1') }),
    ...(protocol === undefined ? {} : { protocol: protocol.toUpperCase() }),
  };
}

function usage(where: string, problem: string): BootstrapError {
  return new BootstrapError('E_USAGE', `${where} ${problem}`, { where });
}
