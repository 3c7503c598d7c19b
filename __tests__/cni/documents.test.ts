import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { cniNamed, cniNames } from '../../src/cni/index.ts';
import { valueAt } from '../../src/lib/record.ts';
import { specsWithCni } from '../helpers/cni-specs.ts';

const readme = readFileSync('README.md', 'utf8');
/** Those that are somebody's, not any manifest. */
const named = cniNames.filter((name) => name !== 'manifest');

test('the end-to-end workflow runs every CNI', () => {
  const workflow: unknown = parse(readFileSync('.github/workflows/e2e.yml', 'utf8'));
  const list = valueAt(workflow, ['jobs', 'runner', 'strategy', 'matrix', 'cni']) as readonly string[];
  expect([...list].sort()).toEqual([...cniNames].sort());
});

test('docs/cni has a page for each CNI, and no other', () => {
  const pages = globSync('docs/cni/*.md').map((path) => basename(path, '.md'));
  expect(pages.sort()).toEqual([...named].sort());
});

describe.each(named)('%s', (name) => {
  const cni = cniNamed(name);

  test('README says what of it is tested', () => {
    const [, section = ''] = readme.split('\n## What is tested');
    expect(section).toContain(`\`${name}\``);
  });

  test('its page names its versions, options and ports', () => {
    const page = readFileSync(`docs/cni/${name}.md`, 'utf8');
    const listed = specsWithCni(name).flatMap((spec) => [
      ...cni.ports(spec),
      ...(cni.hostPorts?.(spec) ?? []),
    ]);
    const wanted = [
      ...cni.versions,
      ...Object.keys(cni.options).map((option) => `| \`${option}\` |`),
      ...listed.map(({ protocol, port }) => `${protocol.toUpperCase()} ${String(port)}`),
    ];
    expect(wanted.filter((text) => !page.includes(text))).toEqual([]);
  });
});
