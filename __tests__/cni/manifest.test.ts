import { describe, expect, test } from '@jest/globals';
import { manifest } from '../../src/cni/manifest.ts';
import type { KubeObject } from '../../src/kube/objects.ts';
import { podRangeFindings } from '../../src/engine/preflight/pod-ranges.ts';
import type { CniSpec } from '../../src/spec/cluster-spec.ts';
import { fakeContext, fakeSpec } from '../helpers/cluster.ts';
import { bootstrapFailure } from '../helpers/failure.ts';
import { flannelObjects } from '../helpers/flannel-manifest.ts';

const sha256 = 'a'.repeat(64);
const specWith = (cni: Partial<CniSpec>) =>
  fakeSpec({ with: { cni: { ...fakeSpec().cni, name: 'manifest', ...cni } } });

describe('a manifest of the user’s', () => {
  test.each([
    [{ manifest: 'cni.yaml' }, { path: 'cni.yaml' }],
    [
      { manifest: '/x/cni.yaml', sha256 },
      { path: '/x/cni.yaml', sha256 },
    ],
    [
      { manifest: 'https://h/cni.yaml', sha256 },
      { upstream: 'h/cni.yaml', sha256 },
    ],
    [{ manifest: 'http://h:80/cni.yaml' }, { upstream: 'h:80/cni.yaml' }],
  ])('%j comes from %j', (cni, source) => {
    expect(manifest.sources(fakeContext(specWith(cni)))).toEqual([source]);
  });

  test('has to be named', async () => {
    const work = () => manifest.sources(fakeContext(specWith({})));
    expect(await bootstrapFailure(work)).toMatchObject({ code: 'E_SPEC', where: 'cni.manifest' });
  });

  const configMap = (data: Readonly<Record<string, string>>): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'x' },
    data,
  });
  const pod = (name: string, value?: string): KubeObject => {
    const env = [{ name: 'OTHER', value: '10.9.0.0/16' }, value === undefined ? { name } : { name, value }];
    const spec = { template: { spec: { containers: [{ name: 'bare' }, { name: 'agent', env }] } } };
    return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'x' }, spec };
  };
  const flannel = (config: object) => configMap({ 'net-conf.json': JSON.stringify(config) });
  const pool = (cidr: string, ipam = 'cluster-pool') => configMap({ ipam, 'cluster-pool-ipv4-cidr': cidr });

  test.each<[object: KubeObject, severity: string, where: string, range: string]>([
    [flannel({ Network: '10.50.0.0/16' }), 'error', 'net-conf.json Network', '10.50.0.0/16'],
    [flannel({ Network: '10.244.0.0/20' }), 'error', 'net-conf.json Network', '10.244.0.0/20'],
    [
      flannel({ EnableIPv4: false, EnableIPv6: true, IPv6Network: 'fd00::/48' }),
      'error',
      'net-conf.json IPv6Network',
      'fd00::/48',
    ],
    [pod('CALICO_IPV4POOL_CIDR', '192.168.0.0/16'), 'warning', 'CALICO_IPV4POOL_CIDR', '192.168.0.0/16'],
    [pod('IPALLOC_RANGE', '10.32.0.0/12'), 'warning', 'IPALLOC_RANGE', '10.32.0.0/12'],
    [pool('10.0.0.0/8'), 'warning', 'cluster-pool-ipv4-cidr', '10.0.0.0/8'],
    [pool('10.244.0.0/17 10.50.0.0/16'), 'warning', 'cluster-pool-ipv4-cidr', '10.50.0.0/16'],
  ])('with other pods’ addresses is told of: %j', (object, severity, where, range) => {
    expect(podRangeFindings(manifest.podRanges?.([object]) ?? [], '10.244.0.0/16')).toMatchObject([
      {
        severity,
        message: expect.stringContaining(`${where} is ${range}, and cni.podCIDR is 10.244.0.0/16`),
      },
    ]);
  });

  test.each<KubeObject>([
    flannel({ Network: '10.244.0.0/16', EnableIPv6: false, IPv6Network: 'fd00::/48' }),
    flannel({ Network: '10.0.0.0/8' }),
    flannel({}),
    configMap({ 'net-conf.json': 'no JSON' }),
    configMap({ 'net-conf.json': '[]' }),
    pod('CALICO_IPV4POOL_CIDR', '10.244.128.0/17'),
    pod('CALICO_IPV4POOL_CIDR', '$(RANGE)'),
    pod('CALICO_IPV4POOL_CIDR'),
    pool('10.0.0.0/8', 'kubernetes'),
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } },
  ])('with the cluster’s, or of which nobody can tell, is not: %j', (object) => {
    expect(podRangeFindings(manifest.podRanges?.([object]) ?? [], '10.244.0.0/16')).toEqual([]);
  });

  test('is applied as it is', () => {
    expect(manifest.render(flannelObjects, fakeContext(specWith({})))).toBe(flannelObjects);
    expect(manifest.workloads(flannelObjects)).toHaveLength(1);
  });
});
