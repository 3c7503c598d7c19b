import { describe, expect, test } from '@jest/globals';
import { install } from '../../../src/engine/steps/install.ts';
import { parseState } from '../../../src/host/state.ts';
import { allInstalled, fakeArtifact, fakeArtifacts } from '../../helpers/artifacts.ts';
import { fakeCluster, fakeFacts } from '../../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../../helpers/failure.ts';
import { hostState } from '../../helpers/host-state.ts';

const IMAGES = 'registry.k8s.io/kube-proxy:v1.36.3\nregistry.k8s.io/pause:3.10\n';
const STATE = '/var/lib/k8s-bootstrap/state.json';

function setUp(facts: Parameters<typeof fakeFacts>[1] = {}) {
  const { cluster, runner, runners } = fakeCluster();
  const host = cluster.controlPlane;
  cluster.artifacts = fakeArtifacts;
  host.learn(fakeFacts(0, facts));
  runner
    .on('sh -c', '')
    .on(/while read -r path/, '/etc/containerd/config.toml\n')
    .on(/br_netfilter/, 'bridge-netfilter\n')
    .on('/usr/local/bin/kubeadm config images list', IMAGES)
    .on('systemctl is-active', '');
  const run = () => install.run(cluster, host, { signal: quiet, log: () => undefined });
  const position = (words: string) => runner.lines.findIndex((line) => line.includes(words));
  const activation = () => runner.calls.find(({ argv }) => argv[2]?.includes('daemon-reload'))?.argv.slice(4);
  return { cluster, host, runner, runners, run, position, activation };
}

describe('install', () => {
  test('remembers the host as it was before it changes anything', async () => {
    const facts = {
      directories: { '/etc/cni': 'empty' },
      sysctls: { 'kernel.panic': '0' },
      nftTables: ['ip nat'],
      nftChains: ['ip nat INPUT'],
    } as const;
    const { run, runner, host } = setUp(facts);
    await run();
    expect(parseState(runner.uploaded(STATE))).toEqual({
      schemaVersion: 1,
      cluster: 'test',
      role: 'control-plane',
      phase: 'prepared',
      kubernetesVersion: '1.36.3',
      cni: 'flannel',
      before: {
        directories: ['/etc/cni'],
        sysctls: { 'kernel.panic': '0' },
        nftTables: ['ip nat'],
        nftChains: ['ip nat INPUT'],
      },
    });
    expect(host.state?.phase).toBe('prepared');
  });

  test('does not forget what an earlier run remembered', async () => {
    const { run, runner, host } = setUp();
    host.state = hostState();
    await run();
    expect(runner.uploads).toEqual([]);
  });

  test('installs what is missing from where it was verified, then configures, then starts', async () => {
    const { run, runner, position, activation } = setUp({ installed: { ...allInstalled, kubelet: 'older' } });
    expect(await run()).toEqual({ changed: true });
    const { sha256 } = fakeArtifact('kubelet');
    const staged = runner.calls.filter(({ argv }) => argv[4]?.includes('/artifacts/'));
    expect(staged.map(({ argv }) => argv.slice(4))).toEqual([
      [`/var/lib/k8s-bootstrap/artifacts/${sha256}`, sha256],
    ]);
    expect(position('kubelet.new')).toBeLessThan(position('while read -r path'));
    expect(position('while read -r path')).toBeLessThan(position('daemon-reload'));
    expect(activation()).toEqual(['restart', '']);
  });

  test('every artifact has a way to be installed', async () => {
    const { run, runner } = setUp();
    await run();
    for (const { sha256 } of Object.values(fakeArtifacts)) {
      const call = runner.calls.find(({ argv }) => argv.includes(sha256));
      expect(call?.argv[2]).toContain('/var/lib/k8s-bootstrap/installed');
    }
  });

  test('starts containerd anew only for what is its own', async () => {
    const { run, runner, activation } = setUp({ installed: allInstalled });
    runner.on(/while read -r path/, '/etc/sysctl.d/99-k8s-bootstrap.conf\n');
    await run();
    expect(activation()).toEqual(['start', '']);
  });

  test('changes nothing on a host where all is in place and runs', async () => {
    const { run, runner, activation } = setUp({ installed: allInstalled });
    runner.on(/while read -r path/, '');
    expect(await run()).toEqual({ changed: false, note: 'in place already' });
    expect(activation()).toBeUndefined();
    runner.on('systemctl is-active', { exitCode: 3 });
    expect(await run()).toEqual({ changed: true });
    expect(activation()).toEqual(['start', '']);
  });

  test('a kernel without bridge netfilter is E_PREPARE', async () => {
    const { run, runner } = setUp();
    runner.on(/br_netfilter/, '');
    expect(await bootstrapFailure(run())).toMatchObject({
      code: 'E_PREPARE',
      hint: expect.stringContaining('br_netfilter'),
    });
  });

  test('the pause image is kubeadm’s; without one nothing can start', async () => {
    const { run, runner } = setUp();
    await run();
    const files = runner.calls.find(({ argv }) => argv[2]?.includes('while read -r path'))?.options.input;
    const written = String(files)
      .split('\n')
      .map((line) => Buffer.from(line.split(' ')[2] ?? '', 'base64').toString());
    expect(written.join('\n')).toContain('sandbox = "registry.k8s.io/pause:3.10"');
    const other = setUp();
    other.runner.on('/usr/local/bin/kubeadm config images list', 'registry.k8s.io/coredns:v1\n');
    expect(await bootstrapFailure(other.run())).toMatchObject({ code: 'E_PREPARE' });
  });

  test.each([
    [
      'a link to systemd-resolved’s',
      { loopbackResolver: true, upstreamResolvConf: true },
      '/run/systemd/resolve/resolv.conf',
      false,
    ],
    ['a file of its own', { loopbackResolver: true }, '', true],
    ['nothing', {}, '', false],
  ])('the resolver file for pods: %s', async (_name, facts, link, written) => {
    const { run, runner, activation } = setUp(facts);
    await run();
    expect(activation()?.[1]).toBe(link);
    const files = runner.calls.find(({ argv }) => argv[2]?.includes('while read -r path'))?.options.input;
    expect(String(files).includes('/etc/kubernetes/resolv.conf ')).toBe(written);
  });

  test('kubeadm is asked for its images once for the whole cluster', async () => {
    const { run, cluster, runners } = setUp();
    await run();
    const [, worker] = cluster.hosts;
    runners[1]?.on('sh -c', '').on(/br_netfilter/, 'bridge-netfilter\n');
    if (worker !== undefined) await install.run(cluster, worker, { signal: quiet, log: () => undefined });
    const asked = runners.flatMap(({ lines }) => lines).filter((line) => line.includes('images list'));
    expect(asked).toEqual(['/usr/local/bin/kubeadm config images list --kubernetes-version=v1.36.3']);
  });

  test('says what it would do', () => {
    const { cluster, host } = setUp({ installed: { ...allInstalled, runc: 'older' } });
    expect(install.describe?.(cluster, host)[0]).toBe('install runc 1.2.3');
  });
});
