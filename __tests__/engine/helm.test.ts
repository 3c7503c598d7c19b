import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { renderChart, type Chart } from '../../src/engine/helm.ts';
import { LocalRunner } from '../../src/exec/local.ts';
import { fakeCluster, fakeSpec, release } from '../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../helpers/failure.ts';
import { FakeRunner, type FakeResult } from '../helpers/fake-runner.ts';
import { serveFiles } from '../helpers/file-server.ts';

const arch = process.arch === 'x64' ? 'amd64' : 'arm64';
const upstream = `get.helm.sh/helm-v3.18.4-linux-${arch}.tar.gz`;
const chart: Chart = {
  archive: '/cache/chart.tgz',
  release: 'net',
  namespace: 'kube-system',
  values: { token: 's3cret', nested: { list: [1] } },
};

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'k8s-bootstrap-helm-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

/** A machine whose helm is of this version, or that has none. */
function setUp(version: string | undefined, artifacts: object = {}) {
  const local = new FakeRunner([
    ['helm version', version ?? { exitCode: 127 }],
    [/helm template /, 'kind: List\n'],
    ['tar ', (argv, options) => new LocalRunner().run(argv, options)],
  ]);
  const { cluster } = fakeCluster({
    local,
    with: { artifacts: { ...fakeSpec().artifacts, cacheDir: dir, ...artifacts } },
  });
  const render = () => renderChart(chart, cluster, quiet);
  const rendering = () => local.calls.find(({ argv }) => argv[1] === 'template');
  return { cluster, local, render, rendering };
}

describe('helm of this machine', () => {
  test.each(['v3.14.0', 'v3.22.0', 'v4.0.1'])('%s renders', async (version) => {
    const { render, rendering } = setUp(version);
    expect(await render()).toBe('kind: List\n');
    expect(rendering()?.argv).toEqual(
      'helm template net /cache/chart.tgz --namespace kube-system --kube-version 1.36.3 --include-crds --skip-tests --values -'.split(
        ' ',
      ),
    );
  });

  test('reads the values from its standard input, and nothing of them is an argument or a file', async () => {
    const { render, rendering, local } = setUp('v3.22.0');
    await render();
    expect(parse(String(rendering()?.options.input))).toEqual(chart.values);
    expect(local.lines.join('\n')).not.toContain('s3cret');
    expect(local.uploads).toEqual([]);
  });

  test('is not told a Kubernetes version that nobody knows yet', async () => {
    const { cluster, render, rendering } = setUp('v3.22.0');
    cluster.kubernetesVersion = '';
    await render();
    expect(rendering()?.line).not.toContain('--kube-version');
  });

  test('an abort is not taken for its absence', async () => {
    const { cluster, local } = setUp('v3.22.0');
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(renderChart(chart, cluster, signal)).rejects.toThrow('enough');
    expect(local.calls).toEqual([]);
  });
});

describe('helm that is downloaded', () => {
  /** An archive as upstream's: one folder, and helm in it. */
  async function archive(): Promise<Buffer> {
    const local = new LocalRunner();
    const folder = `linux-${arch}`;
    await local.run(['mkdir', join(dir, folder)]);
    writeFileSync(join(dir, folder, 'helm'), 'the program', { mode: 0o755 });
    await local.run(['tar', '-czf', join(dir, 'helm.tgz'), '-C', dir, folder]);
    return readFileSync(join(dir, 'helm.tgz'));
  }

  async function download(version: string | undefined, altered = '') {
    const content = await archive();
    const sha256 = createHash('sha256').update(content).digest('hex');
    writeFileSync(join(dir, 'sums'), `${sha256}  ${upstream}\n`);
    const server = await serveFiles({ [`/m/${upstream}`]: altered === '' ? content : altered });
    const mirror = `http://${server.host}/m`;
    const at = setUp(version, { checksums: join(dir, 'sums'), mirror });
    const end = async (): Promise<void> => {
      server[Symbol.dispose]();
      await release(at.cluster);
    };
    return { ...at, server, [Symbol.asyncDispose]: end };
  }

  test.each([undefined, 'v3.13.9', 'v2.17.0', 'something else'])(
    'renders where the machine has %s, and goes with the run',
    async (version) => {
      await using at = await download(version);
      const { server, render, rendering, cluster } = at;
      await render();
      const [program = ''] = rendering()?.argv ?? [];
      expect(readFileSync(program, 'utf8')).toBe('the program');
      await release(cluster);
      expect(existsSync(dirname(program))).toBe(false);
      await render();
      // The archive itself is kept.
      expect(server.requests).toEqual([`GET /m/${upstream}`]);
    },
  );

  test('is refused when it is not what its checksum says', async () => {
    await using at = await download(undefined, 'another program');
    expect(await bootstrapFailure(at.render())).toMatchObject({ code: 'E_CHECKSUM' });
    expect(at.rendering()).toBeUndefined();
  });
});

describe('a chart that cannot be rendered is E_CNI with helm’s reason', () => {
  const failing = async (result: FakeResult) => {
    const { render, local } = setUp('v3.22.0');
    local.on(/helm template /, result);
    return bootstrapFailure(render());
  };

  test.each([
    [
      'WARNING: a file is readable by others\nError: execution error at (net/x.yaml:1:2): no such mode\n\nUse --debug flag to render out invalid YAML\n',
      'execution error at (net/x.yaml:1:2): no such mode',
    ],
    [
      "Error: values don't meet the specifications:\nnet:\n- at '/MTU': got string, want integer\n\n",
      "values don't meet the specifications: net: - at '/MTU': got string, want integer",
    ],
    ['Killed\n', 'Killed'],
    ['', 'it gives no reason'],
  ])('%j: %j', async (stderr, reason) => {
    const failure = await failing({ exitCode: 1, stderr });
    expect(failure).toMatchObject({
      code: 'E_CNI',
      where: 'cni.options',
      message: `helm cannot render the chart of Flannel: ${reason}`,
    });
  });

  test('harmless to a terminal, and bounded', async () => {
    const { message } = await failing({ exitCode: 1, stderr: `Error: \u001b[31mred${'x'.repeat(2000)}\n` });
    expect(message).toMatch(/: redx+$/);
    expect(message.length).toBeLessThan(700);
  });
});
