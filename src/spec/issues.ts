import type * as z from 'zod';
import { fieldNames } from './json-schema.ts';
import { shown, type Path, type Problem } from './problem.ts';
import { valueAt, type Fields } from '../lib/record.ts';
import { closest } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/** What the schema's validation found, in words for the user. */
export function problemsOf(issues: readonly Issue[], input: Fields): readonly Problem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField(path, key));
    return [explain(issue, path, valueAt(input, path))];
  });
}

function unknownField(path: Path, key: string): Problem {
  const names = fieldNames(path);
  const near = closest(key, names);
  // Anything else may be a value that lost its key, and that value a secret.
  const nameable = near !== undefined || (path[0] !== 'ssh' && /^[\w-]{1,40}$/.test(key));
  return {
    path: [...path, key],
    shownPath: nameable ? undefined : path,
    what: nameable ? `unknown field ${key}` : 'unknown field',
    fix:
      near === undefined
        ? `there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`
        : `did you mean ${near}?`,
  };
}

function explain(issue: Issue, path: Path, value: unknown): Problem {
  if (issue.code === 'invalid_type') {
    if (value === undefined) return { path, what: 'is missing' };
    if (value === null) return { path, what: 'is empty', fix: 'give a value or remove the line' };
    const quotes = issue.expected === 'string' && typeof value === 'number' ? '; put it in quotes' : '';
    return problem(path, `${echo(path, value)}is not ${kindOf(issue.expected)}${quotes}`);
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    const near = typeof value === 'string' ? closest(value, values) : undefined;
    const meant = near === undefined ? '' : `; did you mean ${near}?`;
    return problem(path, `${echo(path, value)}is not one of ${values.join(', ')}${meant}`);
  }
  // The schema of the key says what is wrong with it.
  if (issue.code === 'invalid_key')
    return problem(path, `the key ${issue.issues[0]?.message ?? 'is not valid'}`);
  if (issue.code === 'too_big' && issue.origin !== 'number')
    return { path, what: `is too long; at most ${String(issue.maximum)}` };
  if (issue.code === 'too_small' && issue.origin !== 'number')
    return { path, what: 'is empty; give at least one' };
  return problem(path, `${echo(path, value)}${issue.message}`);
}

function problem(path: Path, text: string): Problem {
  const [what = '', ...fix] = text.split('; ');
  return { path, what, ...(fix.length === 0 ? {} : { fix: fix.join('; ') }) };
}

const kinds: Readonly<Record<string, string>> = {
  object: 'a mapping of fields',
  record: 'a mapping',
  array: 'a list',
  string: 'text',
  int: 'a whole number',
  boolean: 'true or false',
};

function kindOf(expected: string): string {
  return kinds[expected] ?? `a ${expected}`;
}

/** Fields below `ssh` that may be printed; all else there may be a secret, or one in the wrong place. */
const harmless: readonly unknown[] = ['user', 'port', 'address', 'hostKeyChecking', 'hostKey'];

function echo(path: Path, value: unknown): string {
  if (typeof value === 'object' || value === undefined) return '';
  if (path.length === 0 || (path[0] === 'ssh' && !harmless.includes(path.at(-1)))) return '';
  // A URL may carry a password.
  if (typeof value === 'string' && value.includes('://') && value.includes('@')) return '';
  return `${shown(value)} `;
}
