import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Phase } from '../../../src/providers/kind/creation.ts';
import { fakeSpec } from '../../helpers/cluster.ts';
import { bootstrapFailure } from '../../helpers/failure.ts';
import { KindBed } from '../../helpers/kind-bed.ts';

/** The token in the configuration that kind got. */
function tokenOf(bed: KindBed): string {
  const patches = bed.kind.config?.nodes[0]?.kubeadmConfigPatches.map((patch) => parse(patch) as unknown);
  return /[a-z0-9]{6}\.[a-z0-9]{16}/.exec(JSON.stringify(patches))?.[0] ?? '';
}

const revocations = (bed: KindBed): readonly string[] =>
  bed.machine(0).lines.filter((line) => line.includes(' delete secret '));

describe('kind that fails', () => {
  test.each<[Phase, string, string]>([
    ['prepare', 'E_PREPARE', 'create'],
    ['init', 'E_INIT', 'init'],
    ['join', 'E_JOIN', 'join'],
  ])('during %s is %s', async (phase, code, step) => {
    using bed = new KindBed();
    bed.kind.failure = { phase, words: 'so far\nerror: there is no\u001b[31m room\n' };
    const error = await bootstrapFailure(bed.up());
    expect(error).toMatchObject({ code, step, hint: expect.stringContaining('k8s-bootstrap down') });
    expect(error.message).toContain('error: there is no room');
    expect(bed.events.at(-1)).toMatchObject({
      type: 'run-end',
      report: { outcome: 'failure', error: { code, step } },
    });
    expect(existsSync(dirname(bed.kind.argv.at(-1) ?? ''))).toBe(false);
    await expect(bed.engine.down(bed.spec, { ...bed.context(), keep: 'nothing' })).resolves.toMatchObject({
      outcome: 'success',
    });
    expect([...bed.docker.containers, ...bed.docker.networks, ...bed.docker.volumes]).toEqual([]);
  });

  test('with a cause that is known says so, and what the kubelet said', async () => {
    using bed = new KindBed();
    bed
      .machine(0)
      .on('journalctl -u kubelet', 'kubelet is configured to not run on a host using cgroup v1 support\n');
    bed.kind.failure = { phase: 'init', words: 'ERROR: failed to init node\n' };
    const error = await bootstrapFailure(bed.up());
    expect(error.message).toContain('kubeadm init failed: the kubelet refuses cgroup v1');
    expect(error.host).toBe('test-control-plane');
  });

  test('whose version is not what the image’s tag says is E_VERSION', async () => {
    using bed = new KindBed();
    bed.machine(0).on('cat /kind/version', 'v1.36.1\n');
    expect(await bootstrapFailure(bed.up())).toMatchObject({
      code: 'E_VERSION',
      where: 'kind.nodeImage',
      message: 'the node image is of Kubernetes 1.36.1',
      hint: 'its tag says 1.36.4',
    });
  });

  test('an image that tells no version is refused, one without a tag is believed', async () => {
    const nodeImage = 'example/node:mine';
    using bed = new KindBed({ with: { kind: { nodeImage, portMappings: [] } } });
    bed.machine(0).on('cat /kind/version', '\u001b[31mnone\n');
    const error = await bootstrapFailure(bed.up());
    expect(error).toMatchObject({ code: 'E_VERSION', hint: 'use an image that kind built' });
    expect(error.message).toBe('the node image is of Kubernetes an unknown version');
    bed.machine(0).on('cat /kind/version', 'v1.36.4\n');
    expect((await bed.up()).report.cluster.kubernetesVersion).toBe('1.36.4');
    expect(bed.kind.config?.nodes[0]?.image).toBe(nodeImage);
    expect((await bed.up()).report).toMatchObject({
      unchanged: true,
      cluster: { kubernetesVersion: '1.36.4' },
    });
  });

  test('a range that Docker gave the new network, and that overlaps, is refused and taken back', async () => {
    using bed = new KindBed();
    bed.docker.subnet = '10.244.0.0/20';
    expect(await bootstrapFailure(bed.up())).toMatchObject({
      code: 'E_PREFLIGHT',
      step: 'create',
      message: 'cni.podCIDR 10.244.0.0/16 overlaps Docker’s network kind 10.244.0.0/20 (pod-cidr)',
    });
    expect([...bed.docker.networks, ...bed.docker.volumes]).toEqual([]);
    expect(bed.kind.config).toBeUndefined();
  });

  test('an engine without IPv6 gets a network without', async () => {
    using bed = new KindBed();
    bed.docker.on(/^docker network create .*--ipv6/, { exitCode: 1, stderr: 'no IPv6' });
    await bed.up();
    expect(bed.docker.changes.filter((line) => line.includes('network create'))).toEqual([
      expect.stringContaining(' --ipv6 '),
      expect.not.stringContaining(' --ipv6 '),
    ]);
  });
});

describe('the network', () => {
  test('that another run makes at the same moment is taken', async () => {
    using bed = new KindBed();
    bed.docker.on('docker network create ', () => {
      bed.docker.networks.set('kind', { Labels: null, IPAM: { Config: null } });
      return { exitCode: 1, stderr: 'network with name kind already exists' };
    });
    expect((await bed.up()).report.outcome).toBe('success');
  });

  test('that cannot be made ends the run', async () => {
    using bed = new KindBed();
    bed.docker.on('docker network create ', { exitCode: 1, stderr: 'all predefined pools are used up' });
    expect(await bootstrapFailure(bed.up())).toMatchObject({
      code: 'E_COMMAND',
      step: 'create',
      message: expect.stringContaining('pools are used up'),
    });
  });
});

describe('the join token', () => {
  test('is in no command line, event, report or state, and is taken back', async () => {
    using bed = new KindBed();
    // kind prints what kubeadm prints.
    bed.kind.during.init = ({ onLine }) => onLine?.(`kubeadm join --token ${tokenOf(bed)}`, 'stderr');
    const { report } = await bed.up();
    const token = tokenOf(bed);
    expect(token).not.toBe('');
    expect(bed.eventsOf('secret').map(({ value }) => value)).toContain(token);
    const told = bed.events.filter(({ type }) => type !== 'secret');
    const shown = inspect(
      [
        report,
        told,
        [bed.docker, ...bed.machines].map(({ lines }) => lines),
        [bed.docker, ...bed.machines].flatMap(({ calls }) => calls.map(({ options }) => options.env)),
        bed.machines.map(({ state }) => state),
      ],
      { depth: Infinity, maxArrayLength: null, maxStringLength: null },
    );
    expect(shown).not.toContain(token);
    expect(shown).toContain('kubeadm join --token ***');
    expect(revocations(bed)).toEqual([
      expect.stringContaining('type=bootstrap.kubernetes.io/token'),
      expect.stringMatching(/ kubeadm-certs$/),
    ]);
  });

  test('is taken back too where a join failed, and is not in the error', async () => {
    using bed = new KindBed();
    bed.kind.failure = { phase: 'join', words: '' };
    bed.kind.during.join = () => {
      bed.kind.failure = { phase: 'join', words: `error: no such token ${tokenOf(bed)}` };
    };
    const error = await bootstrapFailure(bed.up());
    expect(error.message).toContain('error: no such token ***');
    expect(revocations(bed)).toHaveLength(2);
  });

  test('is another one each time', async () => {
    using bed = new KindBed();
    await bed.up();
    const before = tokenOf(bed);
    await bed.engine.down(bed.spec, { ...bed.context(), keep: 'nothing' });
    await bed.up();
    expect(tokenOf(bed)).not.toBe(before);
  });
});

describe('a run that ends while kind works', () => {
  /** Resolves when the run lets go of kind. */
  const aborted = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve) =>
      signal?.addEventListener('abort', () => {
        resolve();
      }),
    );

  test.each<Phase>(['prepare', 'init', 'join'])('since it is cancelled ends kind: %s', async (phase) => {
    using bed = new KindBed();
    const controller = new AbortController();
    let ended = false;
    bed.kind.during[phase] = async ({ signal }) => {
      const gone = aborted(signal);
      controller.abort();
      await gone;
      ended = true;
    };
    const error = await bootstrapFailure(bed.up(bed.context(controller.signal)));
    expect(error.code).toBe('E_CANCELLED');
    expect(ended).toBe(true);
    expect(bed.events.at(-1)).toMatchObject({ report: { outcome: 'cancelled' } });
    expect(existsSync(dirname(bed.kind.argv.at(-1) ?? ''))).toBe(false);
    bed.kind.during = {};
    // Nobody holds the name any more, and the next run takes it from here.
    expect((await bed.up(bed.context())).report.outcome).toBe('success');
  });

  test('since its time is up ends kind', async () => {
    using bed = new KindBed({ with: { timeouts: { ...fakeSpec().timeouts, totalSec: 2 } } });
    bed.kind.during.init = ({ signal }) => aborted(signal);
    expect(await bootstrapFailure(bed.up())).toMatchObject({ code: 'E_TIMEOUT', where: 'timeouts.totalSec' });
  });

  test('since Docker does not answer any more ends kind', async () => {
    using bed = new KindBed();
    let ended = false;
    bed.kind.during.prepare = () => bed.docker.on('docker ps ', { exitCode: 1, stderr: 'no engine' });
    bed.kind.during.init = async ({ signal }) => {
      await aborted(signal);
      ended = true;
    };
    expect(await bootstrapFailure(bed.up())).toMatchObject({ code: 'E_COMMAND', step: 'create' });
    expect(ended).toBe(true);
  });

  test('since a node cannot be completed ends kind', async () => {
    using bed = new KindBed();
    let ended = false;
    bed.kind.during.init = async ({ signal }) => {
      await aborted(signal);
      ended = true;
    };
    bed.machine(2).on(/--skip-old-files/, { exitCode: 2, stderr: 'tar: no space left' });
    expect(await bootstrapFailure(bed.up())).toMatchObject({
      code: 'E_COMMAND',
      step: 'install',
      host: 'test-worker2',
      message: expect.stringContaining('no space left'),
    });
    expect(ended).toBe(true);
  });
});
