import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { editorSchema } from '../../schema/editor-schema.ts';
import { cniNamed, cniNames } from '../../src/cni/index.ts';
import { valueAt } from '../../src/lib/record.ts';
import { clusterJsonSchema, fieldNames } from '../../src/spec/json-schema.ts';

describe('the JSON Schema', () => {
  it('is the committed one; if not, run node schema/write.ts', () => {
    const committed: unknown = JSON.parse(readFileSync('schema/cluster.schema.json', 'utf8'));
    expect(committed).toEqual(JSON.parse(JSON.stringify(editorSchema())));
  });

  it('allows no unknown fields, and describes the file', () => {
    expect(clusterJsonSchema()).toMatchObject({
      additionalProperties: false,
      title: 'k8s-bootstrap cluster file',
    });
  });

  it.each(cniNames)('knows the CNI %s and the options of it, where it is named', (name) => {
    const schema = valueAt(editorSchema(), ['properties', 'cni']);
    expect(valueAt(schema, ['properties', 'name', 'enum'])).toContain(name);
    const rules = valueAt(schema, ['allOf']) as readonly unknown[];
    const rule = rules.find((one) => valueAt(one, ['if', 'properties', 'name', 'const']) === name);
    expect(valueAt(rule, ['if', 'required'])).toEqual(['name']);
    const options = valueAt(rule, ['then', 'properties', 'options']);
    expect(valueAt(options, ['additionalProperties'])).toBe(false);
    expect(Object.keys(valueAt(options, ['properties']) as object)).toEqual(
      Object.keys(cniNamed(name).options),
    );
  });

  it('knows the fields at a path', () => {
    expect(fieldNames(['hosts', 0, 'taints', 1])).toEqual(['key', 'value', 'effect']);
    expect(fieldNames(['cni', 'name', 'x', 'y'])).toEqual([]);
  });
});
