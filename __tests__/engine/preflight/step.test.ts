import { describe, expect, test } from '@jest/globals';
import type { Cni } from '../../../src/cni/cni.ts';
import { podRangesOf } from '../../../src/cni/manifest/ranges.ts';
import { preflight } from '../../../src/engine/steps/preflight.ts';
import type { Facts } from '../../../src/host/facts.ts';
import type { ClusterSpec } from '../../../src/spec/cluster-spec.ts';
import { fakeArtifacts } from '../../helpers/artifacts.ts';
import { fakeCluster, fakeFacts, fakeSpec } from '../../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../../helpers/failure.ts';
import { flannelObjects } from '../../helpers/flannel-manifest.ts';
import { openPorts, PROBER, reachesAllBut } from '../../helpers/port-rules.ts';

const tools = { signal: quiet, log: () => undefined };

/** The step over hosts with these facts; there is nothing to fetch. */
function preflightOf(
  facts: readonly Partial<Facts>[],
  changes: Partial<ClusterSpec> = {},
  cni: Partial<Cni> = {},
) {
  const { cluster, events, runners } = fakeCluster({
    hosts: facts.length,
    with: changes,
    rules: openPorts,
  });
  Object.assign(cluster, { cni: { ...cluster.cni, ...cni } });
  for (const [index, own] of facts.entries()) cluster.hosts[index]?.learn(fakeFacts(index, own));
  return { cluster, events, runners, run: () => preflight.run(cluster, tools) };
}

describe('preflight', () => {
  test('healthy hosts pass', async () => {
    const { run, cluster, runners } = preflightOf([{}, { swap: ['/dev/sda2'] }]);
    expect(await run()).toEqual({ changed: false, note: '1 findings, none in the way' });
    expect(cluster.findings).toHaveLength(1);
    expect(runners.flatMap(({ uploads, held }) => [...uploads, ...held])).toEqual([]);
    expect(runners.map(({ calls }) => calls.length)).toEqual([2, 2]);
  });

  test('every finding is told, also of a run that is refused', async () => {
    const { run, events, cluster } = preflightOf([{ cpus: 1 }, { swap: ['/dev/sda2'] }]);
    await bootstrapFailure(run());
    expect(events).toEqual(cluster.findings.map((finding) => ({ type: 'finding', finding })));
    expect(cluster.findings.map(({ id }) => id)).toEqual(['cpu', 'swap']);
  });

  test('one reason is told as it is', async () => {
    expect(await bootstrapFailure(preflightOf([{ diskFreeBytes: 0 }, {}]).run())).toMatchObject({
      code: 'E_PREFLIGHT',
      host: '10.0.0.1',
      message: '0.0 GiB free below /var/lib, and a node needs 4 (disk)',
      hint: expect.stringContaining('free some space'),
    });
  });

  test('all reasons of all hosts are in one error', async () => {
    const error = await bootstrapFailure(preflightOf([{ cpus: 1, systemd: false }, { tools: [] }]).run());
    expect(error.code).toBe('E_PREFLIGHT');
    expect(error.message).toMatch(/^3 reasons not to start; nothing was changed:\n/);
    expect(error.message.match(/^ - 10\.0\.0\.\d: /gm)).toHaveLength(3);
    for (const id of ['(cpu)', '(systemd)', '(tools)']) expect(error.message).toContain(id);
    expect(error.errors.map(({ host }) => host)).toEqual(['10.0.0.1', '10.0.0.1', '10.0.0.2']);
  });

  test('what is ignored is told and lets the run go on', async () => {
    const { run, cluster } = preflightOf([{ cpus: 1 }], { preflight: { ignore: ['cpu'] } });
    expect(await run()).toMatchObject({ changed: false });
    expect(cluster.findings).toEqual([expect.objectContaining({ id: 'cpu', severity: 'warning' })]);
  });

  test.each([
    ['broken', 'error', 'Net 1.0.0 does not work with Kubernetes 1.36.3'],
    ['tested', 'warning', 'Net 1.0.0 was not tested with Kubernetes 1.36.3'],
  ] as const)(
    'what is said of the CNI with Kubernetes is a finding: %s',
    async (claim, severity, message) => {
      const range = claim === 'tested' ? { to: '1.35' } : { from: '1.36' };
      const kubernetes = [{ cni: '1.', ...range, claim, source: 'its documentation' }];
      const { run, cluster } = preflightOf([{}], {}, { title: 'Net', kubernetes });
      cluster.cniVersion = '1.0.0';
      if (severity === 'warning') await run();
      else expect(await bootstrapFailure(run())).toMatchObject({ code: 'E_PREFLIGHT' });
      expect(cluster.findings).toEqual([
        expect.objectContaining({
          id: 'cni-kubernetes',
          severity,
          message: expect.stringContaining(message),
        }),
      ]);
      expect(cluster.findings[0]?.message).toContain('its documentation');
    },
  );

  test('what is said of the choice can be ignored like all else', async () => {
    const kubernetes = [{ cni: '', claim: 'broken', source: 'its documentation' }] as const;
    const notices = () => [{ id: 'odd', severity: 'error', message: 'odd' } as const];
    const ignore = { preflight: { ignore: ['cni-kubernetes', 'odd'] } };
    const { run, cluster } = preflightOf([{}], ignore, { kubernetes, notices });
    await run();
    expect(cluster.findings.map(({ id, severity }) => [id, severity])).toEqual([
      ['odd', 'warning'],
      ['cni-kubernetes', 'warning'],
    ]);
  });

  test('a manifest with another range of pods is a reason not to start', async () => {
    const cni = { ...fakeSpec().cni, podCIDR: '10.50.0.0/16' };
    const { run, cluster } = preflightOf([{}], { cni }, { podRanges: podRangesOf });
    cluster.cniObjects = flannelObjects;
    expect(await bootstrapFailure(run())).toMatchObject({
      code: 'E_PREFLIGHT',
      message:
        'the manifest’s net-conf.json Network is 10.244.0.0/16, and cni.podCIDR is 10.50.0.0/16, so that pods get no addresses (manifest-pod-cidr)',
    });
  });

  test('a port that is blocked is a reason not to start, unless that is ignored', async () => {
    const blocked = (changes: Partial<ClusterSpec>) => {
      const made = preflightOf([{}, {}], changes);
      made.runners[0]?.on(PROBER, reachesAllBut(/^udp /));
      return made;
    };
    expect(await bootstrapFailure(blocked({}).run())).toMatchObject({
      code: 'E_PREFLIGHT',
      host: '10.0.0.1',
      message: 'cannot reach 10.0.0.2 at UDP 8472 (VXLAN) (port-blocked)',
    });
    const { run, cluster } = blocked({ preflight: { ignore: ['port-blocked'] } });
    await run();
    expect(cluster.findings).toEqual([expect.objectContaining({ id: 'port-blocked', severity: 'warning' })]);
  });

  test.each<[string, Partial<ClusterSpec>]>([
    ['source-unreachable', { artifacts: { ...fakeSpec().artifacts, distribution: 'pull' } }],
    ['mirror-unreachable', { registryMirrors: { 'docker.io': 'https://mirror.example' } }],
    ['local-image', { images: ['/nowhere/image.tar'] }],
  ])('%s is a reason not to start, unless that is ignored', async (id, changes) => {
    const unreachable = (ignore: readonly string[]) => {
      const made = preflightOf([{}], { ...changes, preflight: { ignore } });
      if (id === 'source-unreachable') made.cluster.artifacts = fakeArtifacts;
      made.runners[0]?.on('sh -c', 'failed no route\n');
      return made;
    };
    expect(await bootstrapFailure(unreachable([]).run())).toMatchObject({
      code: 'E_PREFLIGHT',
      message: expect.stringContaining(`(${id})`),
    });
    const { run, cluster } = unreachable([id]);
    await run();
    expect([...new Set(cluster.findings.map(({ severity }) => severity))]).toEqual(['warning']);
  });

  test('another cluster is E_FOREIGN, also with everything else that it brings', async () => {
    const clusterFiles = ['/etc/kubernetes/kubelet.conf'];
    expect(await bootstrapFailure(preflightOf([{}, { clusterFiles }]).run())).toMatchObject({
      code: 'E_FOREIGN',
      host: '10.0.0.2',
    });
    const kubeadms = {
      clusterFiles,
      directories: { '/etc/kubernetes': 'full' },
      listening: { tcp: [10250], udp: [] },
    } as const;
    const error = await bootstrapFailure(preflightOf([{}, kubeadms]).run());
    expect(error.code).toBe('E_FOREIGN');
    expect(error.errors.map(({ code }) => code)).toEqual(['E_FOREIGN', 'E_PREFLIGHT', 'E_PREFLIGHT']);
  });
});
