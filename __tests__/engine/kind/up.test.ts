import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Report } from '../../../src/report/model.ts';
import { renderManifest } from '../../../src/kube/objects.ts';
import { fakeSpec } from '../../helpers/cluster.ts';
import { bootstrapFailure } from '../../helpers/failure.ts';
import { flannelObjects } from '../../helpers/flannel-manifest.ts';
import { FakeBed } from '../../helpers/fake-bed.ts';
import { KindBed } from '../../helpers/kind-bed.ts';

/** What changes a node for good. */
const NODE_CHANGES = /^(upload|configure|pull images|add plugins|import) /;
const names = ['test-control-plane', 'test-worker', 'test-worker2'];

/** What a report tells, whatever the hosts are. */
function shape(report: Report) {
  return {
    fields: Object.keys(report).sort(),
    cluster: Object.keys(report.cluster).sort(),
    outcome: report.outcome,
    unchanged: report.unchanged,
    nodes: report.nodes.map((node) => [Object.keys(node).sort(), node.name, node.role, node.ready]),
    pods: report.pods,
    checks: report.checks.map(({ id, status, observed, probes }) => [id, status, observed, probes?.length]),
    findings: report.findings,
  };
}

describe('up in Docker', () => {
  test('makes a cluster that is verified, and tells of it as of one over ssh', async () => {
    using bed = new KindBed();
    using machines = new FakeBed();
    const { report, kubeconfigPath } = await bed.up();
    expect(shape(report)).toEqual(shape((await machines.up()).report));
    expect(report.cluster).toMatchObject({
      provider: 'kind',
      kubernetesVersion: '1.36.4',
      controlPlaneEndpoint: 'https://127.0.0.1:40001',
    });
    expect(report.nodes.map(({ address }) => address)).toEqual(names);
    expect(bed.nodes).toEqual(names);
    expect(readFileSync(kubeconfigPath, 'utf8')).toContain('server: https://127.0.0.1:40001');
    expect(statSync(kubeconfigPath).mode & 0o777).toBe(0o600);
  });

  test('has kind make the nodes of the pinned image, with a kubeconfig that nobody keeps', async () => {
    using bed = new KindBed();
    await bed.up();
    expect(bed.kind.argv.slice(0, -1)).toEqual(
      'kind create cluster --name test --config - --retain --kubeconfig'.split(' '),
    );
    const kubeconfig = bed.kind.argv.at(-1) ?? '';
    expect(kubeconfig).toMatch(/^\/.*\/kubeconfig$/);
    expect(existsSync(dirname(kubeconfig))).toBe(false);
    expect(bed.kind.config?.nodes.map(({ role, image }) => [role, image])).toEqual(
      ['control-plane', 'worker', 'worker'].map((role) => [
        role,
        expect.stringMatching(/^kindest\/node:v1\.36\.4@sha256:[0-9a-f]{64}$/),
      ]),
    );
  });

  test('announces the first change once, after preflight and before Docker is changed', async () => {
    using bed = new KindBed();
    let changesBefore: readonly string[] | undefined;
    await bed.up({
      beforeFirstChange: () => {
        expect(changesBefore).toBeUndefined();
        changesBefore = [...bed.docker.changes];
      },
    });
    // What is pulled is like what is downloaded: it stays, and is nobody's.
    expect(changesBefore).toEqual([expect.stringMatching(/^docker pull --quiet kindest\/node:v1\.36\.4@/)]);
    expect(bed.docker.changes.slice(1)).toEqual([
      'docker volume create --label k8s-bootstrap.cluster=test k8s-bootstrap-test',
      expect.stringMatching(/^docker network create .* --label k8s-bootstrap\.cluster=test .* kind$/),
      expect.stringContaining('kind create cluster --name test'),
    ]);
  });

  test('unpacks the plugins that the CNI needs, once for all nodes; all of them for a manifest of the user’s', async () => {
    using bed = new KindBed();
    await bed.up();
    expect(bed.docker.calls.filter(({ argv }) => argv[0] === 'tar')).toEqual([]);
    using other = new KindBed({ with: { cni: fakeSpec().cni } });
    other.keep(
      'github.com/flannel-io/flannel/releases/download/v0.28.9/kube-flannel.yml',
      renderManifest(flannelObjects),
    );
    other.docker.on('tar ', '');
    await other.up();
    const tars = other.docker.calls.filter(({ argv }) => argv[0] === 'tar');
    expect(tars.map(({ line }) => line.replaceAll(/ \/\S+/g, ' FILE'))).toEqual([
      'tar -xzf FILE -C FILE ./bridge ./host-local ./portmap ./loopback',
      'tar -cf FILE -C FILE .',
    ]);
    expect(other.did.filter((line) => line.startsWith('add plugins'))).toHaveLength(3);
  });

  test('completes every node: plugins, and the state that says whose it is', async () => {
    using bed = new KindBed();
    await bed.up();
    expect([...bed.done(/^add plugins /)].sort()).toEqual(names.map((name) => `add plugins ${name}`));
    for (const { state } of bed.machines)
      expect(JSON.parse(state ?? '')).toMatchObject({
        cluster: 'test',
        phase: 'member',
        kubernetesVersion: '1.36.4',
        // For another CNI, which has to leave the node as this one found it.
        before: { sysctls: { 'net.ipv4.ip_forward': '0' }, network: { ipvs: false } },
      });
  });

  test('gives every node the mounts that the CNI needs and containers lack', async () => {
    const cni = { ...fakeSpec().cni, name: 'cilium', options: { l7Proxy: false } };
    using bed = new KindBed({ with: { cni } });
    bed.keep('helm.cilium.io/cilium-1.19.6.tgz', 'the chart');
    bed.docker.on('helm version', 'v3.22.0').on('helm template', renderManifest(flannelObjects));
    const mounted: string[] = [];
    for (const machine of bed.machines) {
      machine.mounts = 'shared';
      machine.on(/mount -t bpf bpf/, (argv) => {
        mounted.push(`${machine.target} ${String(argv[2]?.includes('rshared'))}`);
        machine.mounts = 'shared\nbpffs';
        return '';
      });
    }
    await bed.up();
    // kind's own nodes share their mounts.
    expect(mounted.sort()).toEqual(names.map((name) => `${name} false`));
    expect(bed.done(/^add plugins /)).toEqual([]);
    expect((await bed.up()).report.unchanged).toBe(true);
    expect(mounted).toHaveLength(3);
    // A node that was started anew has lost them.
    bed.machine(1).mounts = 'shared';
    expect((await bed.up()).report.unchanged).toBe(false);
    expect(mounted).toHaveLength(4);
  });

  test('puts registry mirrors on every node', async () => {
    using bed = new KindBed({ with: { registryMirrors: { 'docker.io': 'http://m:5000' } } });
    await bed.up();
    expect(bed.done(/^configure /)).toHaveLength(3);
    const wrote = bed.machine(1).calls.find(({ line }) => line.includes('base64 -d > '));
    expect(wrote?.options.input).toMatch(/^\/etc\/containerd\/certs\.d\/docker\.io\/hosts\.toml 644 /);
    expect(bed.kind.config?.containerdConfigPatches).toHaveLength(1);
  });

  test('the first of several control planes is reached through the load balancer', async () => {
    using bed = new KindBed({ controlPlanes: 2, workers: 1 });
    const { report } = await bed.up();
    expect(report.cluster.controlPlaneEndpoint).toBe('https://127.0.0.1:45000');
    bed.forget();
    expect((await bed.up()).report).toMatchObject({ unchanged: true, findings: [] });
  });

  test('clients reach it by the user’s name for the machine, at the port that is published', async () => {
    const kubernetes = { ...fakeSpec().kubernetes, version: '1.36.4', controlPlaneEndpoint: 'ci.example' };
    using bed = new KindBed({ with: { kubernetes } });
    const { report } = await bed.up();
    expect(report.cluster.controlPlaneEndpoint).toBe('https://ci.example:40001');
    const at = { ...kubernetes, controlPlaneEndpoint: 'ci.example:7443' };
    const again = await bed.engine.nodes({ ...bed.spec, kubernetes: at }, bed.context());
    expect(again.cluster.controlPlaneEndpoint).toBe('https://ci.example:7443');
  });

  test('where the machine has no kind, runs the verified one from a copy that goes with the run', async () => {
    using bed = new KindBed();
    bed.docker.on('kind version', { exitCode: 127 });
    bed.keep('github.com/kubernetes-sigs/kind/releases/download/v0.33.0/kind-linux-amd64', 'the program');
    let program = '';
    bed.kind.during.prepare = () => {
      const [path = ''] = bed.kind.argv;
      program = `${readFileSync(path, 'utf8')} ${(statSync(path).mode & 0o777).toString(8)}`;
    };
    await bed.up();
    expect(program).toBe('the program 700');
    expect(existsSync(dirname(bed.kind.argv[0] ?? ''))).toBe(false);
  });

  test.each<[string | undefined, string, string]>([
    [undefined, '0.34.0', 'kind'],
    ['0.33.0', '0.33.0', 'kind'],
    ['0.33.0', '0.34.0', 'the program'],
    [undefined, '0.31.0', 'the program'],
  ])('with kind %s asked for and %s on the PATH, runs %s', async (wanted, onPath, runs) => {
    using bed = new KindBed();
    bed.docker.on('kind version', `${onPath}\n`);
    bed.keep('github.com/kubernetes-sigs/kind/releases/download/v0.33.0/kind-linux-amd64', 'the program');
    let program = '';
    bed.kind.during.prepare = () => {
      const [path = ''] = bed.kind.argv;
      program = existsSync(path) ? readFileSync(path, 'utf8') : path;
    };
    const { artifacts } = bed.spec;
    const versions = { ...artifacts.versions, ...(wanted === undefined ? {} : { kind: wanted }) };
    const { kubeconfigPath } = bed;
    const spec = { ...bed.spec, artifacts: { ...artifacts, versions } };
    await bed.engine.up(spec, { ...bed.context(), kubeconfigPath });
    expect(program).toBe(runs);
  });
});

describe('up in Docker where there is something of the cluster', () => {
  test('finds everything in place and changes nothing', async () => {
    using bed = new KindBed();
    await bed.up();
    bed.forget();
    let begun = 0;
    const { report } = await bed.up({ beforeFirstChange: () => void (begun += 1) });
    expect(report).toMatchObject({ outcome: 'success', unchanged: true, findings: [] });
    expect(report.cluster.kubernetesVersion).toBe('1.36.4');
    expect(bed.docker.changes).toEqual([]);
    expect(bed.done(NODE_CHANGES)).toEqual([]);
    expect(begun).toBe(0);
  });

  test('mends a mirror that was changed, and says so', async () => {
    using bed = new KindBed();
    await bed.up();
    // For mirrors that come later.
    expect(bed.kind.config?.containerdConfigPatches).toHaveLength(1);
    bed.forget();
    const spec = { ...bed.spec, registryMirrors: { 'docker.io': 'http://other:5000' } };
    const { kubeconfigPath } = bed;
    const { report } = await bed.engine.up(spec, { ...bed.context(), kubeconfigPath });
    expect(report.unchanged).toBe(false);
    expect(bed.done(/^(configure|upload|add plugins) /)).toHaveLength(3);
    expect(bed.docker.changes).toEqual([]);
  });

  test.each<[string, (bed: KindBed) => void]>([
    ['only its mark', () => undefined],
    [
      'nodes that kind did not finish',
      (bed) => {
        bed.docker.add('test-control-plane');
      },
    ],
    [
      'nodes that were completed but never joined',
      (bed) => {
        bed.docker.add('test-control-plane');
        bed.machine(0).state = JSON.stringify({
          schemaVersion: 1,
          cluster: 'test',
          phase: 'prepared',
          before: {},
        });
      },
    ],
  ])('what an earlier run did not finish is made anew: %s', async (_name, leave) => {
    using bed = new KindBed();
    bed.mark();
    leave(bed);
    const { report } = await bed.up();
    expect(report).toMatchObject({ outcome: 'success', unchanged: false });
    const [, ...changes] = bed.docker.changes;
    const left = report.findings.map(({ id, severity }) => `${id} ${severity}`);
    expect(left).toEqual(changes.some((line) => line.startsWith('docker rm ')) ? ['unfinished info'] : []);
    const order = changes.map((line) => /^docker (rm|volume rm|volume create)|kind create/.exec(line)?.[0]);
    expect(order.filter((what) => what !== undefined)).toEqual([
      ...(left.length > 0 ? ['docker rm'] : []),
      'docker volume rm',
      'docker volume create',
      'kind create',
    ]);
    expect(bed.nodes).toEqual(names);
  });

  test('an attempt that failed is made anew by the next run', async () => {
    using bed = new KindBed();
    bed.kind.failure = { phase: 'join', words: 'ERROR: no' };
    await bootstrapFailure(bed.up());
    expect(bed.nodes).toEqual(names);
    bed.kind.failure = undefined;
    const { report } = await bed.up();
    expect(report.findings).toMatchObject([{ id: 'unfinished', severity: 'info' }]);
    expect(report.outcome).toBe('success');
  });
});
