import * as z from 'zod';
import type { Path } from './problem.ts';
import { isRecord, type Fields } from '../lib/record.ts';
import { clusterFile } from './schema/cluster-file.ts';

let made: Fields | undefined;

/** JSON Schema (draft 2020-12) of the cluster file, of any CNI; `schema/cluster.schema.json` is made from it. */
export function clusterJsonSchema(): Fields {
  made ??= z.toJSONSchema(clusterFile, { io: 'input', target: 'draft-2020-12' }) as Fields;
  return made;
}

/** Names of the fields that are known at a path of the cluster file. */
export function fieldNames(path: Path): readonly string[] {
  let schema: unknown = clusterJsonSchema();
  for (const part of path) {
    if (!isRecord(schema)) return [];
    const properties = schema['properties'];
    const below = isRecord(properties) ? properties[part] : undefined;
    schema = typeof part === 'number' ? schema['items'] : (below ?? schema['additionalProperties']);
  }
  const properties = isRecord(schema) ? schema['properties'] : undefined;
  return isRecord(properties) ? Object.keys(properties) : [];
}
