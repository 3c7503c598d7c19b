import * as z from 'zod';
import { cniCatalog, cniNamed } from '../../src/cni/index.ts';
import type { ClusterSpec } from '../../src/spec/cluster-spec.ts';
import { fakeSpec } from './cluster.ts';

/** What a value of the option has to look like, as JSON Schema. */
export const optionSchema = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input' });

export function specWithCni(name: string, options: Readonly<Record<string, unknown>> = {}): ClusterSpec {
  return fakeSpec({ with: { cni: { ...fakeSpec().cni, name, options } } });
}

/** Specs with no options, and with each value of each option that can be counted, as far as the CNI takes it alone. */
export function specsWithCni(name: string): readonly ClusterSpec[] {
  const choices = Object.entries(cniNamed(name).options).flatMap(([option, schema]) => {
    const { enum: values, type } = optionSchema(schema);
    return (values ?? (type === 'boolean' ? [true, false] : [])).map((value) => ({ [option]: value }));
  });
  return [{}, ...choices]
    .map((options) => specWithCni(name, options))
    .filter((spec) => cniCatalog.problems(spec).length === 0);
}
