import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fakeContext } from '../helpers/cluster.ts';
import { specWithCni } from '../helpers/cni-specs.ts';
import { examplenet } from '../helpers/examplenet.ts';
import { bootstrapFailure } from '../helpers/failure.ts';

/** The CNI of docs/extending.md, which stands there as a whole. */
const [, block = ''] = /^ {3}```ts\n(.*?)^ {3}```$/ms.exec(readFileSync('docs/extending.md', 'utf8')) ?? [];
const example = block.replaceAll(/^ {3}/gm, '');

test('the example is __tests__/helpers/examplenet.ts, which is compiled and linted', () => {
  const file = readFileSync('__tests__/helpers/examplenet.ts', 'utf8');
  expect(example).toBe(file.replaceAll("'../../src/cni/", "'./").replaceAll("'../../src/", "'../"));
});

test('the example does with a manifest what it says', async () => {
  const context = fakeContext(specWithCni('examplenet', { mtu: 1400 }), '2.4.0');
  const metadata = { name: 'examplenet-config', namespace: 'kube-system' };
  const upstream = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
  const [config] = examplenet.render([{ ...upstream, data: { 'network.json': '{"a": 1}' } }], context);
  const { 'network.json': network = '' } = config?.['data'] as Record<string, string>;
  expect(JSON.parse(network)).toEqual({ a: 1, podCIDR: '10.244.0.0/16', mtu: 1400 });
  for (const objects of [[], [upstream]])
    expect(await bootstrapFailure(() => examplenet.render(objects, context))).toMatchObject({
      code: 'E_CNI',
    });
});

describe('a copy of the sources, with the example in its one file and its line of the registry', () => {
  let dir: string;

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'extending-'));
    for (const path of ['src', 'schema', 'scripts', 'README.md', 'action.yml', 'package.json'])
      cpSync(path, join(dir, path), { recursive: true });
    symlinkSync(resolve('node_modules'), join(dir, 'node_modules'));
    writeFileSync(join(dir, 'src/cni/examplenet.ts'), example);
    const registry = join(dir, 'src/cni/index.ts');
    const before = readFileSync(registry, 'utf8');
    const after = before.replace('export const cnis = {\n', '$&  examplenet,\n');
    expect(after).not.toBe(before);
    writeFileSync(registry, `import { examplenet } from './examplenet.ts';\n${after}`);
  });
  afterAll(() => {
    rmSync(dir, { recursive: true });
  });

  const node = (...args: readonly string[]) =>
    new Promise<{ readonly status: unknown; readonly out: string; readonly err: string }>((done) => {
      execFile(process.execPath, args, { cwd: dir }, (error, out, err) => {
        done({ status: error?.code ?? 0, out, err });
      });
    });
  const cli = (...args: readonly string[]) => node('src/cli/main.ts', ...args);

  test('the command line takes it', async () => {
    const plan = ['plan', '--host', '10.0.0.1', '--cni'];
    const [help, matrix, option, typo] = await Promise.all([
      cli('up', '--help'),
      cli('matrix', '--cni', 'examplenet', '--kubernetes-version', '1.36'),
      cli(...plan, 'examplenet', '--cni-options', '{overlay: full}'),
      cli(...plan, 'exemplenet'),
    ]);
    expect(help.out).toMatch(/^ {2}examplenet +2\.4\.0 +mtu$/m);
    expect(JSON.parse(matrix.out)).toMatchObject({
      include: [{ cni: 'examplenet', 'cni-version': '2.4.0', provider: 'kind' }],
    });
    expect(option).toMatchObject({
      status: 3,
      err: expect.stringContaining(
        'examplenet has no option "overlay"; it has mtu; overlay is an option of kube-router',
      ),
    });
    expect(typo.err).toContain('did you mean examplenet?');
  }, 60_000);

  test('so do the README and the schema, once they are written anew', async () => {
    const written = await Promise.all([node('scripts/docs.ts'), node('schema/write.ts')]);
    expect(written.map(({ status, err }) => [status, err])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    const text = (path: string) => readFileSync(join(dir, path), 'utf8');
    expect(text('README.md')).toContain('| `examplenet` | ExampleNet | **2.4.0** | `mtu`: ');
    const rules = /"const": "examplenet"(.*?)"const"/s.exec(text('schema/cluster.schema.json'))?.[1];
    expect(rules).toContain('"mtu"');
  }, 60_000);
});
