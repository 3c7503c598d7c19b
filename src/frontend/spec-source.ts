import { readFileSync } from 'node:fs';
import { BootstrapError } from '../lib/errors.ts';
import { expandHome } from '../lib/home.ts';
import type { SpecFields, SpecSource } from '../spec/load.ts';
import type { Option } from './option.ts';
import { options } from './options.ts';
import { parseValue } from './parse-value.ts';

/** What the user gave, still as text. */
export interface Given {
  /** Path of the cluster file; empty: none. */
  readonly file: string;
  /** Hosts in the short form, one a line; empty: those of the file. */
  readonly hosts: string;
  /** Text of an option; empty: not given. */
  readonly text: (option: Option) => string;
  /** What errors call the option. */
  readonly label: (option: Option) => string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * What a cluster spec is made from: options override fields of the cluster file.
 *
 * @throws BootstrapError `E_USAGE`
 */
export function toSpecSource(given: Given): SpecSource {
  const fields: SpecFields & Record<string, unknown> = {};
  for (const option of options) {
    const text = given.text(option);
    if (text.trim() === '') continue;
    // Spaces may belong to a secret; the newline at its end comes from how it was stored.
    const value = option.secretEnv === undefined ? text.trim() : text.replace(/[\r\n]+$/, '');
    const parsed = parseValue(option.kind, value, given.label(option));
    setField(fields, parsed.field ?? option.field, parsed.value);
  }
  impliedCni(fields);
  const path = expandHome(given.file, given.env['HOME']);
  return {
    ...(path === '' ? {} : { file: { path, text: readClusterFile(path) } }),
    fields,
    ...(given.hosts.trim() === '' ? {} : { hostsText: given.hosts }),
    env: given.env,
  };
}

/** Far above any real cluster file, and small enough to read. */
const MAX_FILE_BYTES = 1_000_000;

function readClusterFile(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new BootstrapError('E_USAGE', `cannot read the cluster file: ${reason}`, {
      where: path,
      cause: error,
    });
  }
  if (bytes.length > MAX_FILE_BYTES) {
    throw new BootstrapError('E_SPEC', 'the cluster file is larger than 1 MB', { where: path });
  }
  return bytes.toString('utf8');
}

function impliedCni(fields: Record<string, unknown>): void {
  const cni = fields['cni'] as Record<string, unknown> | undefined;
  if (cni?.['manifest'] !== undefined && cni['name'] === undefined) cni['name'] = 'manifest';
}

function setField(fields: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let target = fields;
  for (const name of names) {
    target[name] ??= {};
    target = target[name] as Record<string, unknown>;
  }
  target[last] = value;
}
