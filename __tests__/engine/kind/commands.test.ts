import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { bootstrapFailure } from '../../helpers/failure.ts';
import { KindBed } from '../../helpers/kind-bed.ts';

const NODE_CHANGES = /^(upload|configure|pull images|add plugins) /;

async function upBed(): Promise<KindBed> {
  const bed = new KindBed();
  await bed.up();
  bed.forget();
  return bed;
}
const down = (bed: KindBed) => bed.engine.down(bed.spec, { ...bed.context(), keep: 'nothing' });

describe('plan in Docker', () => {
  test('says of every step what it would do, and does none of it', async () => {
    using bed = new KindBed();
    const { report, steps } = await bed.engine.plan(bed.spec, bed.context());
    expect(report).toMatchObject({ command: 'plan', outcome: 'success', unchanged: true });
    expect(bed.docker.changes).toEqual([]);
    expect(bed.machines.flatMap(({ lines }) => lines)).toEqual([]);
    const actions = Object.fromEntries(steps.map((step) => [step.key, step.actions]));
    expect(actions['fetch']).toEqual([
      expect.stringMatching(/^fetch https:\/\/\S*\/cni-plugins-\S+ \(sha256 [0-9a-f]{12}…\)$/),
      expect.stringMatching(/^have Docker pull kindest\/node:v1\.36\.4@/),
    ]);
    expect(actions['create']).toEqual([
      expect.stringContaining('kind create cluster --name test'),
      'make test-control-plane, a control-plane',
      'make test-worker, a worker',
      'make test-worker2, a worker',
    ]);
    expect(actions['init@test-control-plane']).toEqual(['kind runs kubeadm init, Kubernetes 1.36.4']);
    expect(actions['join']).toEqual(['kind runs kubeadm join on the other nodes']);
    expect(actions['install@test-worker']).toHaveLength(1);
  });

  test('is the order of the run that follows', async () => {
    using bed = new KindBed();
    const { steps } = await bed.engine.plan(bed.spec, bed.context());
    bed.forget();
    await bed.up();
    const [start] = bed.eventsOf('run-start');
    expect(steps.map(({ key, needs }) => ({ key, needs }))).toEqual(
      start?.steps.map(({ key, needs }) => ({ key, needs })),
    );
  });
});

describe('down in Docker', () => {
  test('takes the nodes, the network and the mark away', async () => {
    using bed = await upBed();
    const report = await down(bed);
    expect(report).toMatchObject({ command: 'down', outcome: 'success', unchanged: false });
    expect([...bed.docker.containers, ...bed.docker.networks, ...bed.docker.volumes]).toEqual([]);
    // The mark goes last, so that a run in between knows whose the rest is.
    expect(bed.docker.changes).toEqual([
      'docker rm --force --volumes id-of-test-control-plane id-of-test-worker id-of-test-worker2',
      'docker network rm kind',
      'docker volume rm --force k8s-bootstrap-test',
    ]);
  });

  test('also where nodes are stopped, or were never finished', async () => {
    using bed = await upBed();
    for (const name of bed.nodes) bed.docker.stop(name);
    await down(bed);
    expect(bed.nodes).toEqual([]);
    bed.mark();
    bed.docker.add('test-worker7');
    await down(bed);
    expect(bed.nodes).toEqual([]);
  });

  test('leaves the network to another cluster that is on it, and takes it with the last', async () => {
    using bed = await upBed();
    bed.docker.add('other-control-plane', { cluster: 'other' });
    await down(bed);
    expect([...bed.docker.networks.keys()]).toEqual(['kind']);
    expect(bed.nodes).toEqual(['other-control-plane']);
    bed.docker.containers.clear();
    bed.mark();
    await down(bed);
    expect([...bed.docker.networks.keys()]).toEqual([]);
  });

  test('leaves a network that was there before', async () => {
    using bed = new KindBed();
    bed.docker.networks.set('kind', { Labels: null, IPAM: { Config: null } });
    await bed.up();
    await down(bed);
    expect([...bed.docker.networks.keys()]).toEqual(['kind']);
    expect(bed.docker.changes.some((line) => line.includes(' network '))).toBe(false);
  });

  test('on nothing has nothing to do', async () => {
    using bed = new KindBed();
    expect(await down(bed)).toMatchObject({ outcome: 'success', unchanged: true });
    expect(bed.docker.changes).toEqual([]);
  });

  test('touches no cluster that somebody else made', async () => {
    using bed = new KindBed();
    bed.docker.add('test-control-plane', { role: 'control-plane' });
    expect(await bootstrapFailure(down(bed))).toMatchObject({
      code: 'E_FOREIGN',
      message: expect.stringContaining('nothing was changed'),
      hint: expect.stringContaining('kind delete cluster --name test'),
    });
    expect(bed.docker.changes).toEqual([]);
    expect(bed.nodes).toEqual(['test-control-plane']);
  });

  test('takes nodes that appear meanwhile, but not for ever', async () => {
    using bed = await upBed();
    let late = 3;
    bed.docker.onRemove = () => {
      if (late-- > 0) bed.docker.add(`test-worker${String(10 + late)}`);
    };
    await down(bed);
    expect(bed.nodes).toEqual([]);
    bed.mark();
    bed.docker.add('test-worker');
    bed.docker.on('docker rm ', '');
    expect(await bootstrapFailure(down(bed))).toMatchObject({
      code: 'E_RESET',
      message: 'Docker keeps test-worker',
    });
    expect(bed.docker.volumes.size).toBe(1);
  });
});

describe('on a cluster in Docker that is up', () => {
  test('verify makes the same checks and changes no node', async () => {
    using bed = await upBed();
    const report = await bed.engine.verify(bed.spec, bed.context());
    expect(report).toMatchObject({ command: 'verify', outcome: 'success', unchanged: true });
    expect(report.checks.map(({ status }) => status)).toEqual(['pass', 'pass', 'pass', 'pass']);
    expect(report.cluster.kubernetesVersion).toBe('1.36.4');
    expect(bed.docker.changes).toEqual([]);
    expect(bed.done(NODE_CHANGES)).toEqual([]);
  });

  test('nodes reads the nodes and nothing else', async () => {
    using bed = await upBed();
    const report = await bed.engine.nodes(bed.spec, bed.context());
    expect(report.nodes.map(({ name, address }) => [name, address])).toEqual([
      ['host-1', 'test-control-plane'],
      ['host-2', 'test-worker'],
      ['host-3', 'test-worker2'],
    ]);
    expect(report).toMatchObject({ unchanged: true, checks: [], pods: [] });
  });

  test('kubeconfig writes credentials for the port that is published now', async () => {
    using bed = await upBed();
    bed.docker.add('test-control-plane', { role: 'control-plane', ports: { '6443/tcp': 41_234 } });
    const kubeconfigPath = `${bed.kubeconfigPath}-2`;
    await bed.engine.kubeconfig(bed.spec, { ...bed.context(), kubeconfigPath });
    expect(readFileSync(kubeconfigPath, 'utf8')).toContain('server: https://127.0.0.1:41234');
  });

  test('a node that does not run is named', async () => {
    using bed = await upBed();
    bed.docker.stop('test-worker');
    expect(await bootstrapFailure(bed.engine.nodes(bed.spec, bed.context()))).toMatchObject({
      code: 'E_NODES',
      host: 'test-worker',
      hint: expect.stringContaining('docker start'),
    });
  });
});

test.each(['verify', 'nodes', 'kubeconfig'] as const)(
  '%s where there is no cluster says so',
  async (command) => {
    using bed = new KindBed();
    const options = { ...bed.context(), kubeconfigPath: bed.kubeconfigPath };
    expect(await bootstrapFailure(bed.engine[command](bed.spec, options))).toMatchObject({
      code: 'E_NODES',
      message: 'there is no kind cluster test',
      hint: expect.stringContaining('k8s-bootstrap up'),
    });
    expect(bed.docker.changes).toEqual([]);
  },
);
