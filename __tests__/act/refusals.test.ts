import { describe, expect, jest, test } from '@jest/globals';
import { type WorkflowOptions, runWorkflow } from '../helpers/e2e/act.ts';
import { jobOf, published, stepOf, type WorkflowRun } from '../helpers/e2e/act-run.ts';
import { makeKey } from '../helpers/ssh-keys.ts';

jest.setTimeout(3 * 60_000);

/** A job in which the action fails: what others see of that, and which steps are run all the same. */
const workflow = `
on: push
jobs:
  cluster:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      - id: cluster
        uses: ./
        with:
          config: \${{ vars.CONFIG }}
          cni: \${{ vars.CNI }}
          ssh-key: \${{ secrets.KEY }}
      - id: after-success
        run: echo never
      - id: after-failure
        if: failure()
        run: echo "$CONCLUSION, $OUTCOME, kubeconfig=$CONFIG"
        env:
          CONCLUSION: \${{ steps.cluster.conclusion }}
          OUTCOME: \${{ steps.cluster.outputs.outcome }}
          CONFIG: \${{ steps.cluster.outputs.kubeconfig }}
      - id: always
        if: always()
        run: echo "$KEY"
        env: { KEY: '\${{ secrets.KEY }}' }
`;

// Both ports are for nobody; a connection is refused at once.
const cluster = `
hosts:
  - { address: 127.0.0.1, port: 1, hostKey: SHA256:${'A'.repeat(43)} }
  - { address: 127.0.0.2, port: 1, hostKey: SHA256:${'A'.repeat(43)} }
timeouts: { connectSec: 1 }
`;
const key = makeKey().private;
const secretLines = key.split('\n').filter((line) => line.length > 5 && !line.startsWith('-----'));

const start = (options: Partial<WorkflowOptions> = {}): Promise<WorkflowRun> =>
  runWorkflow({ workflow, secrets: { KEY: key }, files: { 'cluster.yaml': cluster }, ...options });

describe.each(['local', 'consumer'] as const)('a workflow whose inputs cannot be (%s)', (style) => {
  test('fails with an annotation, and goes on as its conditions say', async () => {
    const run = await start({ style, vars: { CNI: 'nonsense' } });
    const job = jobOf(run, 'cluster');
    expect([run.exitCode, job.result]).toEqual([1, 'failure']);
    const main = stepOf(job, 'cluster');
    expect(main).toMatchObject({ conclusion: 'failure', outputs: { outcome: 'failure' }, summary: '' });
    expect(main?.annotations).toEqual([
      { level: 'error', message: expect.any(String), properties: { title: 'k8s-bootstrap: E_SPEC' } },
    ]);
    const message = main?.annotations[0]?.message;
    expect(message).toMatch(/hosts: there are none; give at least one/);
    expect(message).toMatch(/"nonsense" is not a CNI that is known; one of: .*\bflannel\b/);
    expect(stepOf(job, 'after-success')).toBeUndefined();
    expect(stepOf(job, 'after-failure')?.log).toBe('failure, failure, kubeconfig=\n');
    expect(stepOf(job, 'always')?.conclusion).toBe('success');
    expect(stepOf(job, 'cluster', 'Post')).toMatchObject({
      conclusion: 'success',
      log: 'nothing was changed, nothing to clean up\n',
    });
  });

  test('is told the line of its cluster file', async () => {
    const files = { 'cluster.yaml': `${cluster}cni:\n  nmae: flannel\n` };
    const run = await start({ style, vars: { CONFIG: 'cluster.yaml' }, files });
    const [annotation] = stepOf(jobOf(run, 'cluster'), 'cluster')?.annotations ?? [];
    expect(annotation?.message).toContain('did you mean name?');
    expect(annotation?.properties).toEqual({
      title: 'k8s-bootstrap: E_SPEC',
      file: 'cluster.yaml',
      line: '7',
      col: '3',
    });
  });
});

describe('a workflow whose hosts do not answer', () => {
  const options = { vars: { CONFIG: 'cluster.yaml' } };

  test('gets a report and a summary, and an annotation for each host that says how to mend it', async () => {
    const job = jobOf(await start(options), 'cluster');
    const main = stepOf(job, 'cluster');
    expect(main?.conclusion).toBe('failure');
    expect(main?.outputs).toMatchObject({ outcome: 'failure', unchanged: 'false' });
    expect(main?.outputs['report']).toMatch(/report\.json$/);
    const titles = main?.annotations.map(({ properties }) => properties['title']);
    expect(titles).toEqual(['k8s-bootstrap: E_CONNECT', 'k8s-bootstrap: E_CONNECT']);
    for (const { message } of main?.annotations ?? []) expect(message).toMatch(/^host: 127.*\n(.*\n)*fix: /m);
    expect(main?.summary).toMatch(/^## ❌ Failed.*\n(.*\n)*.*\| ✗ Connect \| 127\.0\.0\.1 \|/);
    expect(stepOf(job, 'cluster', 'Post')?.log).toBe('nothing was changed, nothing to clean up\n');
  });

  test('shows the key nowhere', async () => {
    const plain = await start({ ...options, format: 'plain', style: 'consumer' });
    const run = await start(options);
    for (const line of secretLines) {
      expect(plain.log).not.toContain(line);
      expect(run.log).not.toContain(line);
      expect(published(run)).not.toContain(line);
    }
    expect(stepOf(jobOf(run, 'cluster'), 'always')?.log).toContain('***');
  });

  test('would show it if the action did not hide it', async () => {
    const { log } = await start({ workflow: workflow.replace('ssh-key:', 'ssh-key-file:'), format: 'plain' });
    expect(log).toContain(secretLines[0]);
  });
});
