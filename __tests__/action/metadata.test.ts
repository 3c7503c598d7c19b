import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { options } from '../../src/frontend/options.ts';
import { errorCodes } from '../../src/lib/error-codes.ts';
import { clusterFile } from '../../src/spec/schema/cluster-file.ts';

interface ActionFile {
  readonly inputs: Readonly<Record<string, { description: string; default?: string }>>;
  readonly runs: Readonly<Record<string, string>>;
}

const action = parse(readFileSync('action.yml', 'utf8')) as ActionFile;
const actionOnly = ['on-failure', 'on-cancel', 'cleanup', 'cache', 'kubeconfig-path', 'report-path'];

describe('action.yml', () => {
  test('has exactly the inputs there are, in their order', () => {
    const names = ['config', 'hosts', ...options.map(({ name }) => name), ...actionOnly];
    expect(Object.keys(action.inputs)).toEqual(names);
  });

  test('says of each what the command line says', () => {
    for (const { name, description } of options) expect(action.inputs[name]?.description).toBe(description);
  });

  test('leaves defaults of the cluster to the cluster file', () => {
    const withDefault = Object.entries(action.inputs).filter(([, input]) => input.default !== undefined);
    expect(withDefault.map(([name]) => name)).toEqual(['on-failure', 'cleanup', 'cache']);
  });

  test('runs on node24, and cleans up whatever happened', () => {
    expect(action.runs).toEqual({
      using: 'node24',
      main: 'dist/main/index.js',
      post: 'dist/post/index.js',
      'post-if': 'always()',
    });
  });
});

describe('options', () => {
  test('are fields that the cluster file has', () => {
    for (const { name, field } of options) {
      let at: unknown = clusterFile;
      for (const part of field.split('.')) at = inner(at)[part];
      expect([name, at !== undefined]).toEqual([name, true]);
    }
  });
});

describe('docs/errors.md', () => {
  test('lists exactly the codes, with their exit statuses', () => {
    const text = readFileSync('docs/errors.md', 'utf8');
    const listed = [...text.matchAll(/^## (E_[A-Z_]+)\n\nExit status (\d+)\./gm)].map(([, code, status]) => [
      code,
      Number(status),
    ]);
    expect(Object.fromEntries(listed)).toEqual(errorCodes);
    expect(listed).toHaveLength(Object.keys(errorCodes).length);
    expect(text.match(/^## /gm)).toHaveLength(listed.length);
  });
});

/** The fields of a schema object, below what wraps it. */
function inner(schema: unknown): Record<string, unknown> {
  let at = schema as { shape?: Record<string, unknown>; def?: { innerType?: unknown } };
  while (at.shape === undefined && at.def?.innerType !== undefined) at = at.def.innerType as typeof at;
  return at.shape ?? {};
}
