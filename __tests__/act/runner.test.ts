import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, jest, test } from '@jest/globals';
import { runWorkflow } from '../helpers/e2e/act.ts';
import { jobOf, stepOf } from '../helpers/e2e/act-run.ts';

jest.setTimeout(3 * 60_000);

const job = (steps: string, more = ''): string => `
on:
  push:
  workflow_dispatch: { inputs: { where: {} } }
jobs:
  one:
    runs-on: ubuntu-latest
${more}
    steps:
${steps}
`;
const places = (): readonly string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith('k8s-bootstrap-act-'));

test('a cell of a matrix that fails takes no other one with it, and all of them are told apart', async () => {
  const run = await runWorkflow({
    workflow: `
on: push
jobs:
  cell:
    runs-on: ubuntu-latest
    strategy:
      fail-fast: false
      matrix:
        cni: [nonsense, other]
        version: ['1.34', '1.36']
    outputs:
      outcome: \${{ steps.cluster.outputs.outcome }}
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      - id: cluster
        uses: ./
        continue-on-error: \${{ matrix.cni == 'other' }}
        with: { cni: '\${{ matrix.cni }}', kubernetes-version: '\${{ matrix.version }}' }
      - id: report
        if: always()
        run: echo "$CELL $OUTCOME $CONCLUSION"
        env:
          CELL: \${{ matrix.cni }}-\${{ matrix.version }}
          OUTCOME: \${{ steps.cluster.outcome }}
          CONCLUSION: \${{ steps.cluster.conclusion }}
  after:
    needs: cell
    if: always()
    runs-on: ubuntu-latest
    steps:
      - id: say
        run: echo "$RESULT $OUTCOME"
        env: { RESULT: '\${{ needs.cell.result }}', OUTCOME: '\${{ needs.cell.outputs.outcome }}' }
`,
  });
  const seen = ['nonsense', 'other'].flatMap((cni) =>
    ['1.34', '1.36'].map((version) => {
      const cell = jobOf(run, 'cell', { cni, version });
      return [cell.result, stepOf(cell, 'cluster')?.outcome, stepOf(cell, 'report')?.log.trim()];
    }),
  );
  expect(seen).toEqual([
    ['failure', 'failure', 'nonsense-1.34 failure failure'],
    ['failure', 'failure', 'nonsense-1.36 failure failure'],
    ['success', 'failure', 'other-1.34 failure success'],
    ['success', 'failure', 'other-1.36 failure success'],
  ]);
  expect(stepOf(jobOf(run, 'after'), 'say')?.log).toBe('failure failure\n');
  expect(run.exitCode).toBe(1);
});

test('what a workflow is given arrives, and what it tells is read', async () => {
  const run = await runWorkflow({
    workflow: job(`
      - id: all
        run: |
          node --version
          echo "$MODE $NAME $INPUT"
          printf '%s' "$SECRET" | sha256sum
          echo "::notice file=a.yml,line=3::first%0Asecond"
          printf 'text<<E\\none\\ntwo\\nE\\n' >> "$GITHUB_OUTPUT"
          echo '# Title' >> "$GITHUB_STEP_SUMMARY"
        env: { NAME: '\${{ vars.NAME }}', SECRET: '\${{ secrets.SECRET }}', INPUT: '\${{ inputs.where }}' }
`),
    vars: { NAME: 'from a variable' },
    secrets: { SECRET: '"two"\n$lines' },
    env: { MODE: 'of the environment' },
    inputs: { where: 'here' },
  });
  expect(run.exitCode).toBe(0);
  expect(stepOf(jobOf(run, 'one'), 'all')).toMatchObject({
    log: expect.stringMatching(/^v24\..*\nof the environment from a variable here\nfdb51137.*\n$/),
    annotations: [{ level: 'notice', message: 'first\nsecond', properties: { file: 'a.yml', line: '3' } }],
    outputs: { text: 'one\ntwo' },
    summary: '# Title\n',
  });
});

test('a job that is cancelled still gets to its last steps', async () => {
  const cancel = new AbortController();
  const run = await runWorkflow({
    workflow: job(`
      - id: long
        run: echo now; exec tail -f /dev/null
      - id: always
        if: always()
        run: echo the end
`),
    signal: cancel.signal,
    onLine: (line) => {
      if (line.includes('"msg":"now')) cancel.abort();
    },
  });
  expect(stepOf(jobOf(run, 'one'), 'long')?.conclusion).toBe('failure');
  expect(stepOf(jobOf(run, 'one'), 'always')?.log).toBe('the end\n');
});

test('nothing is left of a run, nor is it hidden that something was', async () => {
  const before = places();
  const daemon = job(`
      - run: nohup setsid --fork sleep infinity
`);
  await expect(runWorkflow({ workflow: daemon })).rejects.toThrow(/left processes behind\n.*sleep infinity/);
  const endless = job(`
      - run: exec tail -f /dev/null
`);
  await expect(runWorkflow({ workflow: endless, timeoutMs: 1_500 })).rejects.toThrow(/ended after 1500 ms/);
  expect(places()).toEqual(before);
});

test('an action that is not to be had is named', async () => {
  const workflow = job(`
      - uses: example/action@v1
`);
  await expect(runWorkflow({ workflow })).rejects.toThrow('example/action@v1 is not to be had here');
  const standIns = {
    'example/action': 'runs: { using: composite, steps: [{ run: echo stand-in, shell: bash }] }',
  };
  const run = await runWorkflow({ workflow, standIns });
  expect(run.log).toContain('stand-in\n');
  const broken = await runWorkflow({ workflow, standIns: { 'example/action': 'no: [YAML' } });
  expect(jobOf(broken, 'one')).toMatchObject({ result: 'failure', steps: [] });
});
