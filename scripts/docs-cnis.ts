import * as z from 'zod';
import type { Cni } from '../src/cni/cni.ts';
import { cnis } from '../src/cni/index.ts';

/** A Markdown table of the CNIs: versions, the default one in bold, and options with what may be said. */
export function cniTable(): string {
  const rows = Object.values<Cni>(cnis).map(
    (cni) => `| \`${cni.name}\` | ${cni.title} | ${versionsOf(cni)} | ${optionsOf(cni)} |`,
  );
  return ['| `cni` | | Versions | Options |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function versionsOf({ versions, defaultVersion = versions[0] }: Cni): string {
  return (
    versions.map((version) => (version === defaultVersion ? `**${version}**` : version)).join(', ') || '–'
  );
}

function optionsOf({ options }: Cni): string {
  const cells = Object.entries(options).map(([name, schema]) => `\`${name}\`: ${valuesOf(schema)}`);
  return cells.join('<br>') || '–';
}

/** `vxlan`, `host-gw` … of an enumeration, the default first; else the description. */
function valuesOf(schema: z.ZodType): string {
  const { enum: values, default: first } = z.toJSONSchema(schema, { io: 'input' });
  if (values === undefined) return (schema.description ?? '').replaceAll('|', '\\|');
  const names = values.map(String).sort((a, b) => Number(b === first) - Number(a === first));
  return names.map((name) => `\`${name}\``).join(', ');
}
