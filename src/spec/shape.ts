import { placeholder } from './host-lines.ts';
import { problemsOf } from './issues.ts';
import type { Path, Problem } from './problem.ts';
import { isRecord, type Fields } from '../lib/record.ts';
import { clusterFile, type ParsedClusterFile } from './schema/cluster-file.ts';

export interface Shape {
  readonly problems: readonly Problem[];
  /** What is left without what is wrong; undefined if that is too little to check it further. */
  readonly parsed: ParsedClusterFile | undefined;
}

/**
 * Validates each field by itself. Wrong ones are taken out and the rest is validated again, so that fields which
 * depend on each other can be checked in the same go.
 */
export function validateShape(input: Fields): Shape {
  const first = clusterFile.safeParse(input);
  if (first.success) return { problems: [], parsed: first.data };
  const problems = problemsOf(first.error.issues, input);
  const second = clusterFile.safeParse(
    without(
      input,
      problems.map(({ path }) => path),
    ),
  );
  return { problems, parsed: second.success ? second.data : undefined };
}

function without(input: Fields, paths: readonly Path[]): unknown {
  const copy = structuredClone(input);
  for (const path of paths) remove(copy, path);
  return copy;
}

function remove(root: unknown, path: Path): void {
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((at, part) => (at as Fields | undefined)?.[String(part)], root);
  const last = path.at(-1);
  if (last === undefined || typeof parent !== 'object' || parent === null) return;
  const replacement = hostAt(path) === undefined ? undefined : placeholder(Number(path[1]));
  if (replacement !== undefined && path.length === 2) Reflect.set(parent, last, { address: replacement });
  else if (replacement !== undefined && last === 'address') Reflect.set(parent, last, replacement);
  else if (isRecord(parent)) Reflect.deleteProperty(parent, last);
}

function hostAt(path: Path): number | undefined {
  return path[0] === 'hosts' && typeof path[1] === 'number' ? path[1] : undefined;
}
