import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { LocalRunner } from '../../src/exec/local.ts';
import { runWorkflow } from '../helpers/e2e/act.ts';
import { jobOf, published } from '../helpers/e2e/act-run.ts';
import { readKubeconfig } from '../helpers/e2e/ask-api.ts';
import { bed, leave, temporaryFile, testedVersions } from '../helpers/e2e/bed.ts';
import { kubectlOnPath } from '../helpers/e2e/kubectl.ts';
import { kindSite, sshSite, useBedsDocker, type Site } from '../helpers/e2e/site.ts';

jest.setTimeout(8 * 60_000);

const checkout = 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1';
const key = (): string => readFileSync(bed().files.key, 'utf8');
const environment = (): Record<string, string> => ({ DOCKER_HOST: process.env['DOCKER_HOST'] ?? '' });
let pathBefore: () => void = () => undefined;

beforeAll(async () => {
  useBedsDocker();
  pathBefore = await kubectlOnPath();
});

afterAll(async () => {
  pathBefore();
  await leave([]);
});

/** An image that the engine has. */
async function busybox(): Promise<string> {
  const { stdout } = await new LocalRunner().run([
    'docker',
    'images',
    '--format',
    '{{.Repository}}:{{.Tag}}',
  ]);
  return stdout.split('\n').find((name) => name.startsWith('k8s-bootstrap-testbed/rootfs-busybox:')) ?? '';
}

/** The user's repository of the example: an app of two files, on an image that the engine has. */
async function app(): Promise<Record<string, string>> {
  const base = await busybox();
  return {
    Dockerfile: [
      `FROM ${base}`,
      'COPY index.html /www/',
      'COPY smoke-test /app/',
      'CMD ["/bin/busybox", "httpd", "-f", "-p", "8080", "-h", "/www"]',
    ].join('\n'),
    'index.html': 'the app answers\n',
    'smoke-test': '#!/bin/busybox sh\nexec /bin/busybox wget -q -O - "$1"\n',
  };
}

/** An example, as a user would copy it, for the bed: its cluster file has the mirrors. */
function example(site: Site): string {
  const text = readFileSync('examples/local-images.yml', 'utf8')
    .replace('provider: kind', `provider: ${site.provider}\n          config: cluster.yaml`)
    .replace('cleanup: reset', 'cleanup: reset\n          ssh-key: ${{ secrets.KEY }}');
  return site.provider === 'kind' ? text : text.replace('127.0.0.1:8080/', '10.89.37.12:30080/');
}

describe.each([kindSite('example'), sshSite()])(
  'the example of local images, with provider $provider',
  (site) => {
    test('builds an app, brings a cluster up with it, tests it there, and leaves nothing', async () => {
      await site.prepare();
      const files = {
        ...(await app()),
        'cluster.yaml': readFileSync(site.clusterFile({ ssh: { keyFile: null } }), 'utf8'),
      };
      const run = await runWorkflow({
        workflow: example(site),
        style: 'consumer',
        env: environment(),
        secrets: { KEY: key() },
        files,
      });
      if (run.exitCode !== 0) console.error(run.log);
      const job = jobOf(run, 'image');
      expect(job.steps.map(({ stage, conclusion }) => [stage, conclusion])).toEqual([
        ...Array.from({ length: 6 }, () => ['Main', 'success']),
        ['Post', 'success'],
      ]);
      expect(job.steps.find(({ log }) => log.includes('the app answers'))).toBeDefined();
      const [outputs] = job.steps.flatMap((step) =>
        step.outputs['nodes'] === undefined ? [] : [step.outputs],
      );
      expect(outputs).toMatchObject({
        outcome: 'success',
        'node-count': '3',
        'kubernetes-version': testedVersions().version,
      });
      expect(job.steps.some(({ summary }) => summary.includes(site.names[2]))).toBe(true);
      for (const line of key().split('\n').slice(1, 4)) expect(published(run) + run.log).not.toContain(line);
      expect(await site.changes()).toEqual([]);
    });
  },
);

describe('a job that goes wrong after its cluster is up', () => {
  const workflow = `
on: push
jobs:
  cluster:
    runs-on: ubuntu-latest
    outputs:
      nodes: \${{ steps.cluster.outputs.nodes }}
    steps:
      - uses: ${checkout} # v7.0.1
      - id: cluster
        uses: ./
        with:
          config: cluster.yaml
          cleanup: reset
      - run: echo "nodes $NAMES of \${{ fromJSON(steps.cluster.outputs.nodes)[0].kubeletVersion }}"
        env:
          NAMES: \${{ join(fromJSON(steps.cluster.outputs.nodes).*.name, ' ') }}
      - run: cat "$KUBECONFIG" && cp "$KUBECONFIG" "$COPY" && kubectl get nodes --output=name
      - run: exit 3
      - run: echo never
      - if: failure()
        run: echo "failed with $OUTCOME"
        env: { OUTCOME: '\${{ steps.cluster.outputs.outcome }}' }
      - if: always()
        run: kubectl get --raw=/readyz
  nodes:
    needs: cluster
    if: always()
    runs-on: ubuntu-latest
    strategy:
      matrix:
        node: \${{ fromJSON(needs.cluster.outputs.nodes) }}
    steps:
      - run: echo "cell of $NAME"
        env: { NAME: '\${{ matrix.node.name }}' }
  later:
    needs: nodes
    if: always()
    runs-on: ubuntu-latest
    steps:
      - uses: ${checkout} # v7.0.1
      - run: rm -r "$RUNNER_TOOL_CACHE/k8s-bootstrap"
      - uses: ./
        with:
          config: cluster.yaml
          node-image: \${{ env.NO_NODE }}
          on-failure: reset
`;

  test('has its outputs in later steps and jobs, downloads in the runner’s cache, its key hidden, and is cleaned up', async () => {
    const site = kindSite('failing');
    await site.prepare();
    const copy = temporaryFile('kubeconfig', '');
    const { exitCode, log } = await runWorkflow({
      workflow,
      format: 'plain',
      cache: true,
      env: { ...environment(), COPY: copy, NO_NODE: await busybox() },
      files: { 'cluster.yaml': readFileSync(site.clusterFile({ kind: { workers: 1 } }), 'utf8') },
    });
    expect(exitCode).toBe(1);
    const names = site.names.slice(0, 2);
    expect(log).toContain(`nodes ${names.join(' ')} of ${testedVersions().version}`);
    expect(log).toContain(`node/${site.names[1]}`);
    expect(log).toContain('failed with success');
    expect(log).not.toMatch(/\| never$/m);
    expect(log).toMatch(/\| ok$/m);
    for (const name of names) expect(log).toContain(`cell of ${name}`);
    expect(log).toContain('the cluster was taken off the hosts');
    // A later job finds them there, whatever becomes of its cluster; that image makes no node.
    for (const name of ['kind-0.33.0', 'cni-plugins-1.9.1']) {
      expect(log).toMatch(new RegExp(`in the job’s cache now: \\S*${name}`));
      expect(log).toMatch(new RegExp(`from the job’s cache: \\S*${name}`));
    }
    expect(log).toMatch(/E_PREPARE/);
    const clientKey = readKubeconfig(copy).users[0].user['client-key-data'];
    expect(log).toContain('client-key-data: ***');
    expect(log).not.toContain(clientKey);
    expect(await site.changes()).toEqual([]);
  });
});
