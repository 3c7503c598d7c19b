import { describe, expect, test } from '@jest/globals';
import { calico } from '../../../src/cni/calico.ts';
import { kubeadmImages } from '../../../src/engine/kubeadm-images.ts';
import { images } from '../../../src/engine/steps/images.ts';
import { fakeCluster, fakeSpec } from '../../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../../helpers/failure.ts';
import { flannelObjects } from '../../helpers/flannel-manifest.ts';
import { SandboxShell } from '../../helpers/sandbox-shell.ts';

const kubernetes = [
  'kube-apiserver:v1.36.3',
  'etcd:3.6',
  'kube-proxy:v1.36.3',
  'pause:3.10',
  'coredns/coredns:v1.13',
].map((name) => `registry.k8s.io/${name}`);
const everywhere = [
  'ghcr.io/flannel-io/flannel:v0.28.9',
  'docker.io/library/nginx:1',
  'docker.io/library/busybox:1',
];

const LIST = '/usr/local/bin/kubeadm config images list --config=/dev/stdin';

function setUp(index: number, registryMirrors: Record<string, string> = {}) {
  const { verify } = fakeSpec();
  const short = { ...verify, images: { nginx: 'nginx:1', client: 'docker.io/library/busybox:1' } };
  const { cluster, runners } = fakeCluster({ with: { registryMirrors, verify: short } });
  cluster.cniObjects = flannelObjects;
  const [host = cluster.controlPlane] = cluster.hosts.slice(index);
  const [runner = runners[0]] = runners.slice(index);
  if (runner === undefined) throw new TypeError('a host');
  runner
    .on('sh -c', '')
    .on('/usr/local/bin/ctr', '')
    .on(LIST, kubernetes.map((image) => `${image}\n`).join(''));
  const lines: string[] = [];
  const run = () => images.run(cluster, host, { signal: quiet, log: (line) => lines.push(line) });
  const pulled = () => runner.calls.find(({ argv }) => argv[0] === 'sh')?.argv.slice(4);
  return { run, runner, pulled, lines, cluster, host };
}

describe('images', () => {
  test('a control plane pulls everything, a worker what runs there', async () => {
    const first = setUp(0);
    expect(await first.run()).toEqual({ changed: true, note: '8 pulled' });
    expect(first.pulled()).toEqual([...kubernetes, ...everywhere]);
    const worker = setUp(1);
    await worker.run();
    expect(worker.pulled()).toEqual([...kubernetes.slice(2), ...everywhere]);
  });

  test('images of pods that the CNI’s objects make are pulled too', async () => {
    const { run, pulled, cluster } = setUp(1);
    const options = { install: 'operator' };
    const spec = { ...cluster.spec, cni: { ...cluster.spec.cni, name: 'calico', options } };
    Object.assign(cluster, { cni: calico, spec, cniVersion: '3.32.1' });
    await run();
    expect(pulled()).toContain('quay.io/calico/node:v3.32.1');
  });

  test('what is there is not pulled again', async () => {
    const { run, runner, pulled, cluster } = setUp(1);
    runner.on('/usr/local/bin/ctr', [...kubernetes, ...everywhere.slice(1)].join('\n'));
    await run();
    expect(pulled()).toEqual(everywhere.slice(0, 1));
    const full = setUp(1);
    full.runner.on('/usr/local/bin/ctr', [...kubernetes, ...everywhere].join('\n'));
    expect(await full.run()).toEqual({ changed: false, note: 'all present already' });
    expect(full.pulled()).toBeUndefined();
    expect([cluster.changing, full.cluster.changing]).toEqual([true, false]);
  });

  test('a missing image is named, with its mirror', async () => {
    const { run, runner } = setUp(1, { 'docker.io': 'http://m:5000' });
    const stdout = 'pulled x\nfailed docker.io/library/nginx:1 ctr: not\u001b[31m found\n';
    runner.on('sh -c', { exitCode: 1, stdout });
    expect(await bootstrapFailure(run())).toMatchObject({
      code: 'E_IMAGE',
      message: 'cannot pull docker.io/library/nginx:1: ctr: not found',
      hint: 'see that http://m:5000 serves it',
    });
  });

  test('without a mirror, its registry', async () => {
    const { run, runner } = setUp(1);
    runner.on('sh -c', { exitCode: 1, stdout: 'failed ghcr.io/a refused\nfailed docker.io/b refused\n' });
    expect(await bootstrapFailure(run())).toMatchObject({
      message: 'cannot pull ghcr.io/a (and 1 more): refused',
      hint: expect.stringContaining('the host reaches ghcr.io'),
    });
  });

  test('a pull that broke off names the first of what it should bring', async () => {
    const { run, runner } = setUp(1);
    runner.on('sh -c', { exitCode: 137 });
    expect((await bootstrapFailure(run())).message).toContain(
      'cannot pull registry.k8s.io/kube-proxy:v1.36.3',
    );
  });

  test('the script, over a fake ctr, tells each and pulls the others all the same', async () => {
    using shell = new SandboxShell();
    shell.fake('ctr', 'case "$*" in *nginx*) echo "no such image" >&2; exit 1;; esac; echo progress');
    const { run, runner, lines } = setUp(1);
    runner.on('sh -c', ([sh = '', c = '', script = '', ...rest], options) =>
      shell.run([sh, c, script.replaceAll('/usr/local/bin/ctr', 'ctr'), ...rest], options),
    );
    expect((await bootstrapFailure(run())).message).toBe(
      'cannot pull docker.io/library/nginx:1: no such image',
    );
    expect(lines).toEqual(
      [...kubernetes.slice(2), ...everywhere]
        .filter((image) => !image.includes('nginx'))
        .map((image) => `pulled ${image}`),
    );
  });
});

describe('kubeadm’s list', () => {
  test('is asked for once a host, by the host’s own kubeadm', async () => {
    const { cluster, runner, host } = setUp(1);
    const [first, second] = [kubeadmImages(cluster, host, quiet), kubeadmImages(cluster, host, quiet)];
    expect(await first).toEqual(kubernetes);
    expect(await second).toEqual(kubernetes);
    expect(runner.lines).toEqual([LIST]);
    expect(runner.calls[0]?.options.input).toContain('kubernetesVersion: v1.36.3');
    const other = setUp(0);
    other.runner.on(LIST, 'mirror.example/pause:4\n');
    expect(await kubeadmImages(other.cluster, other.host, quiet)).toEqual(['mirror.example/pause:4']);
  });

  test('is asked for with the user’s own repositories', async () => {
    const { kubernetes: plain } = fakeSpec();
    const kubeadmPatches = [{ kind: 'ClusterConfiguration', imageRepository: 'mirror.example/k8s' }] as const;
    const { cluster, runner } = fakeCluster({ with: { kubernetes: { ...plain, kubeadmPatches } } });
    runner.on(LIST, 'mirror.example/k8s/pause:3\n');
    await kubeadmImages(cluster, cluster.controlPlane, quiet);
    expect(runner.calls[0]?.options.input).toContain('imageRepository: mirror.example/k8s');
  });

  test.each([
    ['nothing', '', '""'],
    ['an option', 'registry.k8s.io/pause:3\n--hosts-dir=/tmp\n', '"--hosts-dir=/tmp"'],
    ['words', 'registry.k8s.io/pause:3\nI0101 fetching the version\n', '"I0101 fetching the version"'],
    ['configuration', 'registry.k8s.io/pause:3"\n', String.raw`"registry.k8s.io/pause:3\""`],
  ])('that holds anything but references is refused: %s', async (_name, list, odd) => {
    const { run, runner, pulled } = setUp(1);
    runner.on(LIST, list);
    expect(await bootstrapFailure(run())).toMatchObject({
      code: 'E_PREPARE',
      message: `kubeadm names no images, or strange ones: ${odd}`,
    });
    expect(pulled()).toBeUndefined();
  });
});
