import { describe, expect, test } from '@jest/globals';
import { weave } from '../../src/cni/weave.ts';
import type { Facts } from '../../src/host/facts.ts';
import { imagesOf, type KubeObject } from '../../src/kube/objects.ts';
import type { PodSpec } from '../../src/kube/pod-template.ts';
import type { CniSpec } from '../../src/spec/cluster-spec.ts';
import { fakeContext, fakeFacts, fakeSpec } from '../helpers/cluster.ts';
import { bootstrapFailure } from '../helpers/failure.ts';
import { weaveObjects } from '../helpers/weave-manifest.ts';

const specWith = (options: Record<string, unknown> = {}, more: Partial<CniSpec> = {}) =>
  fakeSpec({
    with: { cni: { ...fakeSpec().cni, name: 'weave', podCIDR: '10.42.0.0/16', options, ...more } },
  });
const podOf = (options: Record<string, unknown> = {}, version = '2.9.0') => {
  const objects = weave.render(weaveObjects(), fakeContext(specWith(options), version));
  const [, daemonSet] = objects as readonly (KubeObject & {
    readonly spec: { readonly template: { readonly spec: PodSpec } };
  })[];
  const pod = daemonSet?.spec.template.spec;
  const env = (name: string) =>
    [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])]
      .find((container) => container.name === name)
      ?.env?.map((variable) => `${variable.name}=${variable.value ?? ''}`);
  return { objects, pod, env };
};

describe('Weave Net', () => {
  test('the fork’s version is the default, Weaveworks’ can be chosen', () => {
    expect(weave.versions).toEqual(['2.9.0', '2.8.1']);
    const path = 'prog/weave-kube/weave-daemonset-k8s-1.11.yaml';
    expect(weave.versions.map((version) => weave.sources(fakeContext(specWith(), version)))).toEqual([
      [{ upstream: `raw.githubusercontent.com/rajch/weave/v2.9.0/${path}` }],
      [{ upstream: `raw.githubusercontent.com/weaveworks/weave/v2.8.1/${path}` }],
    ]);
  });

  test('every container runs the version, from the node where it is there', () => {
    const { objects, pod } = podOf();
    expect(imagesOf(objects)).toEqual(['rajchaudhuri/weave-kube:2.9.0', 'rajchaudhuri/weave-npc:2.9.0']);
    for (const container of [...(pod?.containers ?? []), ...(pod?.initContainers ?? [])])
      expect(container['imagePullPolicy']).toBe('IfNotPresent');
    const upstream = weave.render(weaveObjects('weaveworks'), fakeContext(specWith(), '2.8.1'));
    expect(imagesOf(upstream)).toEqual(['weaveworks/weave-kube:2.8.1', 'weaveworks/weave-npc:2.8.1']);
  });

  test('the pod network goes into its environment, and both containers use the same iptables', () => {
    const { env } = podOf();
    expect(env('weave')).toEqual([
      'INIT_CONTAINER=true',
      'IPALLOC_RANGE=10.42.0.0/16',
      'IPTABLES_BACKEND=nft',
    ]);
    expect(env('weave-npc')).toEqual(['HOSTNAME=', 'IPTABLES_BACKEND=nft']);
    expect(env('weave-init')).toEqual([]);
  });

  test('Weaveworks’ version finds out the variant of iptables by itself', () => {
    const { env } = podOf({}, '2.8.1');
    expect(env('weave')).toEqual(['INIT_CONTAINER=true', 'IPALLOC_RANGE=10.42.0.0/16']);
    expect(env('weave-npc')).toEqual(['HOSTNAME=']);
  });

  test('without network policies their container is gone, and nobody waits for it', () => {
    const { pod, env } = podOf({ networkPolicy: false });
    expect(pod?.containers.map(({ name }) => name)).toEqual(['weave']);
    expect(env('weave')).toContain('EXPECT_NPC=0');
    expect(env('weave-init')).toEqual(['EXPECT_NPC=0']);
  });

  test.each([
    [{}, [], ['tcp 6783', 'udp 6783', 'udp 6784']],
    [{ backend: 'sleeve' }, ['WEAVE_NO_FASTDP=1'], ['tcp 6783', 'udp 6783']],
    [{ mtu: 8000 }, ['WEAVE_MTU=8000'], ['tcp 6783', 'udp 6783', 'udp 6784']],
  ])('options %j: %j, ports %j', (options, variables, ports) => {
    expect(podOf(options).env('weave')?.slice(3)).toEqual(variables);
    const open = weave.ports(specWith(options)).map(({ protocol, port }) => `${protocol} ${String(port)}`);
    expect(open).toEqual(ports);
  });

  test('knows no IPv6', () => {
    for (const podCIDR of ['fd00::/56', '10.244.0.0/16,fd00::/56']) {
      expect(weave.problems?.(specWith({}, { podCIDR }))).toMatchObject([
        { field: 'podCIDR', what: 'has IPv6, which Weave Net does not know' },
      ]);
    }
    expect(weave.problems?.(specWith())).toEqual([]);
  });

  test('says that it is archived, and what is broken', () => {
    const notices = (version: string) => weave.notices?.(fakeContext(specWith(), version));
    const finding = { id: 'weave-archived', severity: 'warning' };
    expect(notices('2.9.0')).toMatchObject([
      { ...finding, message: expect.stringMatching(/no longer maintained.*rajch\/weave/) },
    ]);
    expect(notices('2.8.1')).toMatchObject([
      { ...finding, message: expect.stringContaining('iptables-nft 1.8.8') },
    ]);
  });

  test('refuses a manifest without its DaemonSet', async () => {
    const work = () => weave.render(weaveObjects().slice(0, 1), fakeContext(specWith(), '2.9.0'));
    expect(await bootstrapFailure(work)).toMatchObject({
      code: 'E_CNI',
      message: 'the Weave Net manifest has no DaemonSet weave-net',
    });
  });

  test('waits for its DaemonSet', () => {
    expect(weave.workloads(weaveObjects())).toEqual([
      { kind: 'DaemonSet', namespace: 'kube-system', name: 'weave-net' },
    ]);
  });
});

describe('what it finds amiss on a host', () => {
  const found = (facts: Partial<Facts>, options: Record<string, unknown> = {}, version = 'default') =>
    weave
      .preflight(fakeFacts(0, facts), specWith(options, { version }))
      .map(({ id, severity }) => `${severity} ${id}`);
  const legacy = { version: '1.8.7', backend: 'legacy' } as const;
  const nft = (version: string) => ({ version, backend: 'nft' }) as const;
  const rows: [string, readonly string[], readonly string[]][] = [
    [
      'dummy devices',
      found({ features: { dummy: false } }, { backend: 'sleeve' }),
      ['error kernel-features'],
    ],
    ['IP sets', found({ features: { xt_set: false } }), ['error kernel-features']],
    [
      'IP sets, also without policies',
      found({ features: { ip_set: false } }, { networkPolicy: false }),
      ['error kernel-features'],
    ],
    [
      'no Open vSwitch',
      found({ features: { openvswitch: false, vxlan: false } }),
      ['warning kernel-features'],
    ],
    ['no VXLAN', found({ features: { openvswitch: true, vxlan: false } }), ['error kernel-features']],
    [
      'sleeve needs neither',
      found({ features: { openvswitch: false, vxlan: false } }, { backend: 'sleeve' }),
      [],
    ],
    ['legacy iptables', found({ iptables: legacy }), ['warning weave-iptables']],
    ['legacy iptables, 2.8.1', found({ iptables: legacy }, {}, 'v2.8.1'), []],
    ['iptables-nft 1.8.7, 2.8.1', found({ iptables: nft('1.8.7') }, {}, '2.8.1'), []],
    ['iptables-nft 1.8.8, 2.8.1', found({ iptables: nft('1.8.8') }, {}, '2.8.1'), ['warning weave-iptables']],
    [
      'iptables-nft 1.8.10, 2.8.1',
      found({ iptables: nft('1.8.10') }, {}, '2.8.1'),
      ['warning weave-iptables'],
    ],
    ['iptables-nft 1.9, 2.8.1', found({ iptables: nft('1.9') }, {}, '2.8.1'), ['warning weave-iptables']],
    ['iptables-nft 1.8.10', found({ iptables: nft('1.8.10') }), []],
    ['no iptables', found({ iptables: undefined }, {}, '2.8.1'), []],
    ['no ipset', found({ tools: [] }), ['info reset-tools']],
  ];
  test.each(rows)('%s', (_name, actual, expected) => {
    expect(actual).toEqual(expected);
  });
});
