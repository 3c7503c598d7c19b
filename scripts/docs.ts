import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { cniTable } from './docs-cnis.ts';
import { repository } from './run.ts';

interface ActionFile {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
}

/** README with the tables of inputs and outputs as `action.yml` has them, and of CNIs as the registry does. */
function withTables(readme: string, { inputs, outputs }: ActionFile): string {
  const cell = (text: string): string => text.trim().replaceAll('|', '\\|').replace(/\s+/g, ' ');
  const inputRows = Object.entries(inputs).map(([name, input]) => {
    const fallback = input.default === undefined ? '' : ` Default \`${input.default}\`.`;
    return `| \`${name}\` | ${cell(input.description)}${fallback} |`;
  });
  const outputRows = Object.entries(outputs).map(
    ([name, output]) => `| \`${name}\` | ${cell(output.description)} |`,
  );
  const table = (title: string, rows: string[]): string =>
    [`| ${title} | |`, '| --- | --- |', ...rows].join('\n');
  const between = (text: string, marker: string, content: string): string => {
    const [start, end] = [`<!-- ${marker} -->`, `<!-- /${marker} -->`];
    const [from, to] = [text.indexOf(start), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`README.md has no ${start} … ${end}`);
    return `${text.slice(0, from + start.length)}\n\n${content}\n\n${text.slice(to)}`;
  };
  const first = between(readme, 'inputs', table('Input', inputRows));
  const second = between(first, 'outputs', table('Output', outputRows));
  return between(second, 'cnis', cniTable());
}

const path = join(repository, 'README.md');
const before = readFileSync(path, 'utf8');
const action = parse(readFileSync(join(repository, 'action.yml'), 'utf8')) as ActionFile;
const after = withTables(before, action);
if (process.argv.includes('--check')) {
  if (after !== before) {
    console.error('README.md does not agree with action.yml or the CNIs; run npm run docs');
    process.exitCode = 1;
  }
} else {
  writeFileSync(path, after);
}
