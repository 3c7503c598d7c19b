import { parseHostLines } from './host-lines.ts';
import { formatPath, type Path, type Problem } from './problem.ts';
import { isRecord, type Fields } from '../lib/record.ts';
import type { SpecSource } from './source.ts';
import { readYaml, type YamlFile } from './yaml-file.ts';

/** Everything the user gave, as one value that is still to be validated. */
export interface Input {
  readonly value: Fields;
  readonly problems: readonly Problem[];
  /** Where the user finds what is at the path: `file:line:column`, or a field's name. */
  readonly locate: (path: Path) => string;
  /** Whether it stands in the cluster file. */
  readonly isFromFile: (path: Path) => boolean;
}

/** Fields that a more direct source replaces together: giving one of them means not the other. */
const alternatives: readonly (readonly [string, string])[] = [
  ['key', 'keyFile'],
  ['knownHostsText', 'knownHosts'],
];

/** Reads and merges the sources. Errors that make the file unusable are the input's only problems. */
export function readInput(source: SpecSource): Input {
  const yaml = source.file === undefined ? undefined : readYaml(source.file.text);
  const name = source.file?.path ?? '';
  if (yaml !== undefined && yaml.errors.length > 0) return unusable(yaml, name);
  const content = yaml?.value ?? {};
  if (!isRecord(content)) {
    return unusable({ ...yaml, errors: [{ position: '1:1', what: 'is not a mapping of fields' }] }, name);
  }
  const fields = (source.fields ?? {}) as Fields;
  const value: Record<string, unknown> = { ...merge(withoutAlternatives(content, fields), fields) };
  const short = source.hostsText === undefined ? undefined : parseHostLines(source.hostsText);
  if (short !== undefined) value['hosts'] = short.hosts;
  const isFromFile = (path: Path): boolean =>
    yaml !== undefined && !(short !== undefined && path[0] === 'hosts') && !isGiven(fields, path);
  const locate = (path: Path): string => {
    const line = path[0] === 'hosts' && typeof path[1] === 'number' ? short?.lines[path[1]] : undefined;
    if (line !== undefined) return `hosts, line ${String(line)}`;
    const position = isFromFile(path) ? yaml?.position(path) : undefined;
    return position === undefined ? formatPath(path) : `${name}:${position}`;
  };
  return { value, problems: short?.problems ?? [], locate, isFromFile };
}

function unusable({ errors }: Pick<YamlFile, 'errors'>, name: string): Input {
  return {
    value: {},
    problems: errors.map(({ position, what }) => ({ path: [position], what })),
    locate: ([position = '']) => `${name}:${String(position)}`,
    isFromFile: () => true,
  };
}

/** Mappings merge, everything else replaces; undefined does not count. */
function merge(under: Fields, over: Fields): Fields {
  const result = new Map(Object.entries(under));
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue;
    const below = result.get(key);
    result.set(key, isRecord(value) ? merge(isRecord(below) ? below : {}, value) : value);
  }
  return Object.fromEntries(result);
}

/** Whether the path, or something above it, is given by the fields as a whole. */
function isGiven(fields: Fields, path: Path): boolean {
  let value: unknown = fields;
  for (const part of path) {
    if (!isRecord(value)) break;
    value = Object.hasOwn(value, part) ? value[part] : undefined;
  }
  return value !== undefined && !isRecord(value);
}

function withoutAlternatives(content: Fields, fields: Fields): Fields {
  const [below, given] = [content['ssh'], fields['ssh']];
  if (!isRecord(below) || !isRecord(given)) return content;
  const replaced = alternatives.flatMap(([a, b]) => [
    ...(given[a] === undefined ? [] : [b]),
    ...(given[b] === undefined ? [] : [a]),
  ]);
  const ssh = Object.fromEntries(Object.entries(below).filter(([key]) => !replaced.includes(key)));
  return { ...content, ssh };
}
