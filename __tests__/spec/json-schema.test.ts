import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { clusterJsonSchema, fieldNames } from '../../src/spec/json-schema.ts';

describe('the JSON Schema', () => {
  it('is the committed one; if not, run node schema/write.ts', () => {
    const committed: unknown = JSON.parse(readFileSync('schema/cluster.schema.json', 'utf8'));
    expect(committed).toEqual(JSON.parse(JSON.stringify(clusterJsonSchema())));
  });

  it('allows no unknown fields, and describes the file', () => {
    expect(clusterJsonSchema()).toMatchObject({
      additionalProperties: false,
      title: 'k8s-bootstrap cluster file',
    });
  });

  it('knows the fields at a path', () => {
    expect(fieldNames(['hosts', 0, 'taints', 1])).toEqual(['key', 'value', 'effect']);
    expect(fieldNames(['cni', 'name', 'x', 'y'])).toEqual([]);
  });
});
