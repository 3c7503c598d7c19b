import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type YAMLMap,
} from 'yaml';
import type { Path } from './problem.ts';
import { isTooComplex, isTooDeep } from './yaml-nesting.ts';

/** What a YAML file says, and where. */
export interface YamlFile {
  readonly value: unknown;
  /** `line:column`, from 1, of what is at the path, or of the nearest thing above it; undefined if there is none. */
  readonly position: (path: Path) => string | undefined;
  /** What makes the file unusable; then `value` is undefined. */
  readonly errors: readonly YamlError[];
}

export interface YamlError {
  readonly position: string;
  readonly what: string;
}

const MAX_BYTES = 1024 * 1024;
const MAX_ALIASES = 100;
const MAX_ERRORS = 20;

/** What the parser's codes mean. Its own messages quote the file, which may hold secrets. */
const meanings: Readonly<Record<string, string>> = {
  BAD_INDENT: 'a bracket is not closed, or the indentation is wrong',
  MISSING_CHAR: 'a bracket, quote or colon is missing',
  MULTIPLE_DOCS: 'there is more than one document',
  TAB_AS_INDENT: 'a tab is used as indentation',
  TAG_RESOLVE_FAILED: 'a tag is not allowed here',
  BAD_ALIAS: 'an alias has no anchor',
  MULTILINE_IMPLICIT_KEY: 'a key goes over several lines; perhaps a quote or an indentation is missing',
};

/** Reads YAML 1.2, core schema, one document. Never throws, and takes less than a second for whatever input. */
export function readYaml(text: string): YamlFile {
  if (Buffer.byteLength(text) > MAX_BYTES) return unusable('the file is larger than 1 MiB');
  if (isTooComplex(text)) return unusable('it has too many entries or is nested too deeply');
  const lineCounter = new LineCounter();
  const at = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset);
    return `${String(Math.max(1, line))}:${String(Math.max(1, col))}`;
  };
  try {
    const document = parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      schema: 'core',
      uniqueKeys: false,
    });
    const errors = [...document.errors, ...document.warnings].map(({ code, pos }) => ({
      position: at(pos[0]),
      what: `not valid YAML: ${meanings[code] ?? code.toLowerCase().replaceAll('_', ' ')}`,
    }));
    errors.push(...duplicateKeys(document, at));
    if (errors.length > 0) return { ...unusable(''), errors: errors.slice(0, MAX_ERRORS) };
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    if (isTooDeep(value)) return unusable('it is nested too deeply');
    return { value, errors: [], position: (path) => positionIn(document, path, at) };
  } catch (error) {
    return unusable(
      error instanceof RangeError ? 'it is nested too deeply' : 'its aliases do not resolve, or are too many',
    );
  }
}

function unusable(what: string): YamlFile {
  return { value: undefined, position: () => undefined, errors: [{ position: '1:1', what }] };
}

/** Done here since the parser compares every key of a mapping with every other. */
function duplicateKeys(document: Document.Parsed, at: (offset: number) => string): YamlError[] {
  const errors: YamlError[] = [];
  visit(document, {
    Map: (_key, map) => {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) {
          errors.push({ position: at(map.range?.[0] ?? 0), what: 'not valid: a key is not plain text' });
          continue;
        }
        const name = String(key.value);
        if (seen.has(name))
          errors.push({ position: at(key.range?.[0] ?? 0), what: 'the key is there twice' });
        seen.add(name);
      }
    },
  });
  return errors;
}

function positionIn(
  document: Document.Parsed,
  path: Path,
  at: (offset: number) => string,
): string | undefined {
  let node: unknown = document.contents;
  let found: number | undefined;
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    const child = isMap(node) ? entry(node, part) : isSeq(node) ? item(node.items[Number(part)]) : undefined;
    if (child === undefined) break;
    found = child.offset ?? found;
    node = child.node;
  }
  return found === undefined ? undefined : at(found);
}

interface Child {
  readonly node: unknown;
  readonly offset: number | undefined;
}

function entry(map: YAMLMap, name: string | number): Child | undefined {
  const pair = map.items.find(({ key }) => isScalar(key) && String(key.value) === String(name));
  return pair && { node: pair.value, offset: item(pair.key)?.offset };
}

function item(node: unknown): Child | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  return { node, offset: (node as { range?: readonly number[] | null }).range?.[0] };
}
