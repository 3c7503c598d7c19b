import * as z from 'zod';
import { cniCatalog } from '../src/cni/index.ts';
import type { Fields } from '../src/lib/record.ts';
import { clusterJsonSchema } from '../src/spec/json-schema.ts';

/** The cluster file's JSON Schema with what the registry knows: every CNI's name, and the options of the one that is named. */
export function editorSchema(): Fields {
  const schema = clusterJsonSchema();
  const fields = schema['properties'] as Readonly<Record<string, Fields>>;
  const cni = fields['cni'] as { readonly properties: Readonly<Record<string, Fields>> };
  const named = { ...cni.properties['name'], enum: cniCatalog.names };
  return {
    ...schema,
    properties: {
      ...fields,
      cni: {
        ...cni,
        properties: { ...cni.properties, name: named },
        allOf: cniCatalog.names.map(optionsOf),
      },
    },
  };
}

/** A file without the name says nothing: an input or a flag may give it. */
function optionsOf(name: string): object {
  const options: object = z.toJSONSchema(z.strictObject(cniCatalog.options(name)), { io: 'input' });
  return {
    if: { properties: { name: { const: name } }, required: ['name'] },
    then: { properties: { options: { ...options, $schema: undefined } } },
  };
}
