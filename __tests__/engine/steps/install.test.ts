import { describe, expect, test } from '@jest/globals';
import { cniNamed } from '../../../src/cni/index.ts';
import { install } from '../../../src/engine/steps/install.ts';
import { Cluster } from '../../../src/engine/cluster.ts';
import { parseState } from '../../../src/host/state.ts';
import { allInstalled, fakeArtifact, fakeArtifacts } from '../../helpers/artifacts.ts';
import { fakeCluster, fakeFacts } from '../../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../../helpers/failure.ts';
import { hostState } from '../../helpers/host-state.ts';

const IMAGES = 'registry.k8s.io/kube-proxy:v1.36.3\nregistry.k8s.io/pause:3.10\n';
const STATE = '/var/lib/k8s-bootstrap/state.json';
/** The scripts that compare and write files, and the one that looks at containerd. */
const STALE = /cmp -s/;
const WRITE = 'base64 -d >';
const CURRENT = /ExecMainStartTimestampMonotonic/;

function setUp(facts: Parameters<typeof fakeFacts>[1] = {}) {
  const { cluster, runner, runners } = fakeCluster();
  const host = cluster.controlPlane;
  cluster.artifacts = fakeArtifacts;
  host.learn(fakeFacts(0, facts));
  runner
    .on('sh -c', '')
    .on(STALE, '/etc/containerd/config.toml\n')
    .on(/br_netfilter/, 'bridge-netfilter\n')
    .on('/usr/local/bin/kubeadm config images list', IMAGES);
  const run = () => install.run(cluster, host, { signal: quiet, log: () => undefined });
  const position = (words: string) => runner.lines.findIndex((line) => line.includes(words));
  const activations = () => runner.lines.filter((line) => line.includes('daemon-reload'));
  return { cluster, host, runner, runners, run, position, activations };
}

describe('install', () => {
  test('remembers the host as it was before it changes anything', async () => {
    const facts = {
      directories: { '/etc/cni': 'empty' },
      directoryModes: { '/etc/cni': '755 0:0' },
      sysctls: { 'kernel.panic': '0' },
      nftTables: ['ip nat'],
      nftChains: ['ip nat INPUT'],
      network: { links: ['eth0'], routeTables: ['main'], routeProtocols: ['bird'], ipvs: true },
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
      podCIDR: '10.244.0.0/16',
      before: {
        mounts: { sharedMounts: true, bpffs: true },
        directories: { '/etc/cni': '755 0:0' },
        sysctls: { 'kernel.panic': '0' },
        nftTables: ['ip nat'],
        nftChains: ['ip nat INPUT'],
        network: facts.network,
      },
    });
    expect(host.state?.phase).toBe('prepared');
  });

  test('does not forget what an earlier run remembered', async () => {
    const { run, runner, host } = setUp();
    host.state = hostState({ kubernetesVersion: '1.35.0', cni: 'cilium' });
    await run();
    // What is wanted now, over what was there before the first change.
    const expected = hostState({ role: 'control-plane' });
    expect(parseState(runner.uploaded(STATE))).toEqual(expected);
    expect(runner.uploads).toHaveLength(1);
    await run();
    expect(runner.uploads).toHaveLength(1);
  });

  test('the mounts that the CNI needs are made where the host lacks them, and it is remembered that it did', async () => {
    const mounts = { sharedMounts: false, bpffs: false };
    const { cluster, host, runner, run } = setUp({ mounts });
    Object.assign(cluster, { cni: cniNamed('cilium') });
    await run();
    expect(parseState(runner.uploaded(STATE))).toMatchObject({ before: { mounts } });
    const written = runner.calls.find(({ line }) => line.includes('cmp -s'))?.options.input;
    const unit = /^\S+\/containerd\.service \S+ (\S+)$/m.exec(String(written))?.[1] ?? '';
    expect(Buffer.from(unit, 'base64').toString()).toContain('mount --make-rshared /');
    // What they are now is our own doing.
    host.learn(fakeFacts(0, { mounts: { sharedMounts: true, bpffs: true } }));
    await run();
    expect(host.state?.before.mounts).toEqual(mounts);
    expect(runner.uploads).toHaveLength(1);
  });

  test('a state of a version that made no mounts learns what there is', async () => {
    const { host, run } = setUp({ mounts: { sharedMounts: false, bpffs: true } });
    const { directories, sysctls, nftTables, nftChains } = hostState().before;
    const before = { directories, sysctls, nftTables, nftChains };
    host.state = hostState({ before });
    await run();
    expect(host.state.before).toEqual({ ...before, mounts: { sharedMounts: false, bpffs: true } });
  });

  test.each(['joining', 'member'] as const)('does not go back behind %s', async (phase) => {
    const { run, runner, host } = setUp();
    host.state = hostState({ phase, kubernetesVersion: '1.35.0' });
    await run();
    expect(runner.uploads).toEqual([]);
    expect(host.state.phase).toBe(phase);
  });

  test('installs what is missing from where it was verified, then configures, then starts', async () => {
    const { run, runner, position, activations } = setUp({
      installed: { ...allInstalled, kubelet: 'older' },
    });
    expect(await run()).toEqual({ changed: true });
    const { sha256 } = fakeArtifact('kubelet');
    const staged = runner.calls.filter(({ argv }) => argv[4]?.includes('/artifacts/'));
    expect(staged.map(({ argv }) => argv.slice(4))).toEqual([
      [`/var/lib/k8s-bootstrap/artifacts/${sha256}`, sha256],
    ]);
    expect(position('kubelet.new')).toBeLessThan(position(WRITE));
    expect(position(WRITE)).toBeLessThan(position('daemon-reload'));
    expect(activations()).toEqual([expect.stringContaining('systemctl restart containerd.service')]);
  });

  test('every artifact has a way to be installed', async () => {
    const { run, runner } = setUp();
    await run();
    for (const { sha256 } of Object.values(fakeArtifacts)) {
      const call = runner.calls.find(({ argv }) => argv.includes(sha256));
      expect(call?.argv[2]).toContain('/var/lib/k8s-bootstrap/installed');
    }
  });

  test('writes only what differs, and starts containerd anew', async () => {
    const { run, runner, host, activations } = setUp({ installed: allInstalled });
    host.state = hostState({ role: 'control-plane' });
    runner.on(STALE, '/etc/sysctl.d/99-k8s-bootstrap.conf\n');
    expect(await run()).toEqual({ changed: true });
    const written = runner.calls.find(({ line }) => line.includes(WRITE))?.options.input;
    expect(written).toMatch(/^\/etc\/sysctl\.d\/99-k8s-bootstrap\.conf 644 \S+\n$/);
    expect(activations()).toHaveLength(1);
  });

  test('restarts nothing for a resolver file alone', async () => {
    const { run, runner, host, cluster, activations, position } = setUp({
      installed: allInstalled,
      loopbackResolver: true,
    });
    host.state = hostState({ role: 'control-plane' });
    runner.on(STALE, '/etc/kubernetes/resolv.conf\n');
    expect(await run()).toEqual({ changed: true });
    expect(activations()).toEqual([]);
    expect([position(WRITE) >= 0, cluster.changing]).toEqual([true, true]);
  });

  test('changes nothing on a host where all is in place and runs', async () => {
    const { run, runner, host, cluster, activations, position } = setUp({ installed: allInstalled });
    host.state = hostState({ role: 'control-plane' });
    runner.on(STALE, '');
    expect(await run()).toEqual({ changed: false, note: 'in place already' });
    expect([activations(), position(WRITE), cluster.changing]).toEqual([[], -1, false]);
    // Its configuration is newer than containerd itself, or it does not run at all.
    runner.on(CURRENT, { exitCode: 1 });
    expect(await run()).toEqual({ changed: true });
    expect(activations()).toHaveLength(1);
    expect([position(WRITE), cluster.changing]).toEqual([-1, true]);
  });

  test.each([
    ['a state that differs', STATE, { installed: allInstalled }, hostState({ kubernetesVersion: '1.35.0' })],
    ['an artifact that is missing', 'kubelet.new', { installed: {} }, hostState({ role: 'control-plane' })],
    ['a file that differs', WRITE, { installed: allInstalled }, hostState({ role: 'control-plane' })],
  ])('tells of the first change before it is made: %s', async (_name, change, facts, state) => {
    const { host, runner, cluster: known } = setUp(facts);
    const done: string[] = [];
    const { spec, cni, events, clock, redactor, connect } = known;
    const beforeFirstChange = () => void done.push('BEGIN');
    const cluster = new Cluster({ spec, cni, events, clock, redactor, connect, beforeFirstChange });
    Object.assign(cluster, { artifacts: known.artifacts, kubernetesVersion: known.kubernetesVersion });
    host.state = state;
    const runCommand = runner.run.bind(runner);
    const upload = runner.upload.bind(runner);
    runner.run = (argv, options) => {
      done.push(argv.join(' '));
      return runCommand(argv, options);
    };
    runner.upload = (content, path, options) => {
      done.push(path);
      return upload(content, path, options);
    };
    for (const other of cluster.hosts) other.learn(fakeFacts());
    await install.run(cluster, host, { signal: quiet, log: () => undefined });
    expect(done.filter((line) => line === 'BEGIN')).toHaveLength(1);
    expect(done.slice(0, done.indexOf('BEGIN')).join('\n')).not.toContain(change);
    expect(done.slice(done.indexOf('BEGIN')).join('\n')).toContain(change);
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
    const files = runner.calls.find(({ line }) => line.includes('cmp -s'))?.options.input;
    const written = String(files)
      .split('\n')
      .map((line) => Buffer.from(line.split(' ')[2] ?? '', 'base64').toString());
    expect(written.join('\n')).toContain('sandbox = "registry.k8s.io/pause:3.10"');
    const other = setUp();
    other.runner.on('/usr/local/bin/kubeadm config images list', 'registry.k8s.io/coredns:v1\n');
    expect(await bootstrapFailure(other.run())).toMatchObject({ code: 'E_PREPARE' });
  });

  test.each([
    ['a file of its own', { loopbackResolver: true }, true],
    ['nothing', {}, false],
  ])('the resolver file for pods: %s', async (_name, facts, wanted) => {
    const { run, runner } = setUp(facts);
    await run();
    const files = runner.calls.find(({ line }) => line.includes('cmp -s'))?.options.input;
    expect(String(files).includes('/etc/kubernetes/resolv.conf ')).toBe(wanted);
  });

  test('says what it would do', () => {
    const { cluster, host } = setUp({ installed: { ...allInstalled, runc: 'older' } });
    expect(install.describe?.(cluster, host)[0]).toBe('install runc 1.2.3');
  });
});
