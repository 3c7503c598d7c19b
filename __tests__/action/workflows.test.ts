import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { resolveKubernetesVersion, supportedMinors, versionsOfTables } from '../../src/artifacts/versions.ts';
import { valueAt } from '../../src/lib/record.ts';
import { minorOf } from '../../src/lib/version-order.ts';

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

const read = (path: string): unknown => parse(readFileSync(path, 'utf8'));
const action = read('action.yml') as Readonly<
  Record<'inputs' | 'outputs', Readonly<Record<string, unknown>>>
>;
const { version, scripts } = read('package.json') as {
  version: string;
  scripts: Readonly<Record<string, string>>;
};
const own = `k8s-bootstrap/k8s-bootstrap@v${version.split('.')[0] ?? ''}`;

const workflows = globSync('.github/workflows/*.yml');
const examples = globSync('examples/*.yml');

/** Steps of each job by themselves: an id means something only in its job. */
const jobsOf = (path: string): readonly (readonly Step[])[] =>
  Object.values((read(path) as Workflow).jobs).map(({ steps }) => steps);
const isOurs = ({ uses }: Step): boolean => uses === './' || uses?.startsWith('k8s-bootstrap/') === true;

test('there are some', () => {
  expect(workflows.length).toBeGreaterThan(1);
  expect(examples.length).toBeGreaterThan(1);
});

describe.each([...workflows, ...examples])('%s', (path) => {
  test('gives the Action inputs that it has', () => {
    const given = jobsOf(path).flatMap((steps) =>
      steps.filter(isOurs).flatMap((step) => Object.keys(step.with ?? {})),
    );
    expect(given.filter((name) => !(name in action.inputs))).toEqual([]);
  });

  test('reads outputs that it has', () => {
    const unknown = jobsOf(path).flatMap((steps) => {
      const ids = steps.filter(isOurs).map(({ id }) => id);
      return [...JSON.stringify(steps).matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)]
        .filter(([, id, name = '']) => ids.includes(id) && !(name in action.outputs))
        .map(([text]) => text);
    });
    expect(unknown).toEqual([]);
  });
});

test.each(workflows)('%s runs what package.json and Makefile have', (path) => {
  const text = jobsOf(path)
    .flat()
    .map(({ run = '' }) => run)
    .join('\n');
  const npm = [...text.matchAll(/\bnpm run (?:-\S+ )*([\w:-]+)/g)].map(([, name = '']) => name);
  const make = [...text.matchAll(/^make ([\w-]+)/gm)].map(([, name = '']) => name);
  const makefile = readFileSync('Makefile', 'utf8');
  expect(npm.filter((name) => !(name in scripts))).toEqual([]);
  expect(make.filter((name) => !new RegExp(`^${name}:`, 'm').test(makefile))).toEqual([]);
});

test.each([...examples, 'README.md'])('%s names the Action by the major version that is released', (path) => {
  const uses = [...readFileSync(path, 'utf8').matchAll(/uses: (k8s-bootstrap\/\S+)/g)].map(
    ([, name]) => name,
  );
  expect(new Set(uses)).toEqual(new Set([own]));
});

/** `owner/name@commit # version` of others' actions. */
const usesOf = (paths: readonly string[]): readonly string[] =>
  paths.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/uses: ((?!k8s-bootstrap\/|\.)\S+\/\S+@.*)$/gm)].map(
      ([, uses = '']) => uses,
    ),
  );

test('others’ actions are the same everywhere, pinned by commit', () => {
  const all = new Set(usesOf([...workflows, ...examples, 'README.md', ...globSync('docs/*.md')]));
  expect([...all].filter((uses) => !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(uses))).toEqual([]);
  const names = [...all].map((uses) => uses.replace(/@.*/, ''));
  expect(names).toContain('actions/checkout');
  expect(names).toEqual([...new Set(names)]);
});

test('the end-to-end workflow runs the oldest and the newest Kubernetes', () => {
  const versionsOf = (job: string) =>
    valueAt(read('.github/workflows/e2e.yml'), ['jobs', job, 'strategy', 'matrix', 'kubernetes']);
  const [oldest, newest] = [supportedMinors.at(-1), supportedMinors[0]];
  expect(versionsOf('runner')).toEqual([oldest, newest]);
  const stable = resolveKubernetesVersion('stable', versionsOfTables(undefined));
  expect(versionsOf('hosts')).toEqual([oldest, minorOf(stable)]);
});

test('examples/README.md says what each of them shows', () => {
  const listed = [...readFileSync('examples/README.md', 'utf8').matchAll(/^\| \[(\S+)\]\(\1\)/gm)];
  expect(listed.map(([, name]) => `examples/${name ?? ''}`).sort()).toEqual([...examples].sort());
});
