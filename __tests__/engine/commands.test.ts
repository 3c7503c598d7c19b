import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { bootstrapFailure } from '../helpers/failure.ts';
import { FakeBed } from '../helpers/fake-bed.ts';

/** A bed on which a cluster is up, with nothing told of how it came to be. */
async function upBed(): Promise<FakeBed> {
  const bed = new FakeBed();
  await bed.up();
  bed.forget();
  return bed;
}
const LOOKS = /^(connect|lock|facts|listen|probe|hush|reach|unlock|close) /;
const outcomes = (bed: FakeBed) =>
  Object.fromEntries(bed.eventsOf('step-end').map(({ step, outcome }) => [step.key, outcome]));

describe('plan', () => {
  test('says of every step what it would do, and does none of it', async () => {
    using bed = new FakeBed();
    const { report, steps } = await bed.engine.plan(bed.spec, bed.context());
    expect(report).toMatchObject({ command: 'plan', outcome: 'success', unchanged: true });
    expect(bed.did.filter((line) => !LOOKS.test(line))).toEqual([]);
    expect(bed.machines.flatMap(({ uploads }) => uploads)).toEqual([]);
    const of = (key: string) => steps.find((step) => step.key === key);
    expect(of('fetch@10.0.0.2')?.actions).toHaveLength(6);
    expect(of('fetch@10.0.0.2')?.actions).toContainEqual(
      expect.stringMatching(/^pull https:\/\/dl\.k8s\.io\/.*\/kubeadm \(sha256 [0-9a-f]{12}…\)$/),
    );
    expect(of('install@10.0.0.1')).toMatchObject({ host: '10.0.0.1', needs: ['begin'] });
    expect(of('init@10.0.0.1')?.actions).toEqual(['kubeadm init, Kubernetes 1.36.3, API at 10.0.0.1:6443']);
    expect(of('join@10.0.0.3')?.actions).toEqual(['kubeadm join as worker, CA hash pinned']);
    expect(of('install-cni')?.actions).toEqual([expect.stringContaining('apply 2 objects')]);
    expect(of('verify')?.actions).toContain('nginx answers from node to node');
    expect(of('kubeconfig')?.actions).toEqual(['write the kubeconfig']);
    expect(of('connect@10.0.0.1')).toEqual({
      key: 'connect@10.0.0.1',
      title: 'Connect',
      needs: [],
      host: '10.0.0.1',
      actions: [],
    });
    expect(of('begin')).not.toHaveProperty('host');
  });

  test('is the order of the run that follows', async () => {
    using bed = new FakeBed();
    const { steps } = await bed.engine.plan(bed.spec, bed.context());
    bed.forget();
    await bed.up();
    const [start] = bed.eventsOf('run-start');
    expect(steps.map(({ key, needs }) => ({ key, needs }))).toEqual(
      start?.steps.map(({ key, needs }) => ({ key, needs })),
    );
  });

  test('has nothing to fetch where all is installed', async () => {
    using bed = await upBed();
    const { steps } = await bed.engine.plan(bed.spec, bed.context());
    expect(steps.filter(({ key }) => key.startsWith('fetch')).flatMap(({ actions }) => actions)).toEqual([]);
  });
});

describe('down', () => {
  test('takes everything off every host', async () => {
    using bed = await upBed();
    const report = await bed.engine.down(bed.spec, { ...bed.context(), keep: 'nothing' });
    expect(report).toMatchObject({ command: 'down', outcome: 'success', unchanged: false });
    for (const { target, state } of bed.machines) {
      expect({ target, state }).toEqual({ target, state: undefined });
      expect(bed.did).toContain(`stop workloads ${target}`);
      expect(bed.did).toContain(`remove units ${target}`);
    }
  });

  test('keeps artifacts where asked to, so that up need not fetch them again', async () => {
    using bed = await upBed();
    await bed.engine.down(bed.spec, { ...bed.context(), keep: 'artifacts' });
    expect(bed.done(/^(remove units|forget) /)).toEqual([]);
    for (const { state } of bed.machines) expect(state).toContain('"phase": "prepared"');
    bed.forget();
    await bed.up();
    expect(bed.done(/^(pull|install) /)).toEqual([]);
    expect(bed.done(/^kubeadm /)).toHaveLength(3);
  });

  test('on bare hosts has nothing to do', async () => {
    using bed = new FakeBed();
    const report = await bed.engine.down(bed.spec, { ...bed.context(), keep: 'nothing' });
    expect(report).toMatchObject({ outcome: 'success', unchanged: true });
    expect(bed.did.filter((line) => !/^(connect|lock|facts|unstage|unlock|close) /.test(line))).toEqual([]);
  });

  test('touches no host where one is another cluster’s', async () => {
    using bed = await upBed();
    const worker = bed.machine(2);
    worker.state = worker.state?.replace('"test"', '"other"');
    const down = bed.engine.down(bed.spec, { ...bed.context(), keep: 'nothing' });
    expect(await bootstrapFailure(down)).toMatchObject({ code: 'E_FOREIGN', host: '10.0.0.3' });
    expect(bed.did.filter((line) => !LOOKS.test(line))).toEqual([]);
  });
});

describe('revoke', () => {
  test('asks the control plane alone, and leaves hosts as they are', async () => {
    using bed = await upBed();
    const report = await bed.engine.revoke(bed.spec, bed.context());
    expect(report).toMatchObject({ command: 'revoke', outcome: 'success', unchanged: true });
    expect(bed.did.filter((line) => !LOOKS.test(line))).toEqual([]);
  });
});

describe('verify', () => {
  test('makes the same checks on a cluster that is up', async () => {
    using bed = await upBed();
    const report = await bed.engine.verify(bed.spec, bed.context());
    expect(report).toMatchObject({ command: 'verify', outcome: 'success', unchanged: true });
    expect(report.checks.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'nginx-running pass',
      'nginx-answers pass',
      'service pass',
      'dns pass',
    ]);
    expect(outcomes(bed)).toMatchObject({ locate: 'unchanged', 'remove-nginx': 'unchanged' });
    expect(bed.done(/^(upload|install|start|kubeadm) /)).toEqual([]);
  });

  test('tells of the version that runs, whatever is asked for', async () => {
    using bed = await upBed();
    const kubernetes = { ...bed.spec.kubernetes, version: '1.36' };
    bed.connect = ({ address }) => Promise.resolve(bed.machine(Number(address.slice(-1)) - 1));
    const { cluster } = await bed.engine.verify({ ...bed.spec, kubernetes }, bed.context());
    expect(cluster.kubernetesVersion).toBe('1.36.3');
  });

  test('tells of a network that does not work', async () => {
    using bed = await upBed();
    bed.machine(0).on(/ exec nginx-host-2 /, '0 1 wget: download timed out\n1 0 nginx-host-2\n2 1 \n');
    expect(await bootstrapFailure(bed.engine.verify(bed.spec, bed.context()))).toMatchObject({
      code: 'E_VERIFY',
      step: 'verify',
      message: expect.stringContaining('host-2 → host-1: wget: download timed out'),
    });
    const [end] = bed.eventsOf('run-end');
    expect(end?.report).toMatchObject({ outcome: 'failure', error: { code: 'E_VERIFY', step: 'verify' } });
    expect(end?.report.checks.map(({ status }) => status)).toEqual(['pass', 'fail', 'skipped', 'skipped']);
    expect(outcomes(bed)).toMatchObject({ verify: 'failed', 'remove-nginx': 'skipped' });
  });

  test.each(['verify', 'nodes'] as const)('%s where there is no cluster says so', async (command) => {
    using bed = new FakeBed();
    expect(await bootstrapFailure(bed.engine[command](bed.spec, bed.context()))).toMatchObject({
      code: 'E_NODES',
      host: '10.0.0.1',
    });
    expect(bed.did.filter((line) => !LOOKS.test(line))).toEqual([]);
  });
});

test('nodes reads the nodes and nothing else', async () => {
  using bed = await upBed();
  const report = await bed.engine.nodes(bed.spec, bed.context());
  expect(report.nodes.map(({ name, kubeletVersion }) => `${name} ${kubeletVersion}`)).toEqual([
    'host-1 1.36.3',
    'host-2 1.36.3',
    'host-3 1.36.3',
  ]);
  expect(report).toMatchObject({ unchanged: true, checks: [], pods: [] });
  expect(bed.did.filter((line) => !LOOKS.test(line))).toEqual([]);
});

test('kubeconfig writes credentials anew, whose key is a secret', async () => {
  using bed = await upBed();
  const kubeconfigPath = `${bed.kubeconfigPath}-2`;
  await bed.engine.kubeconfig(bed.spec, { ...bed.context(), kubeconfigPath });
  const text = readFileSync(kubeconfigPath, 'utf8');
  const key = /client-key-data: (\S+)/.exec(text)?.[1];
  expect(bed.eventsOf('secret').map(({ value }) => value)).toContain(key);
  expect(bed.done(/^(upload|kubeadm) /)).toEqual([]);
});
