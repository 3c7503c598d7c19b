import { describe, expect, test } from '@jest/globals';
import { builtInChecksums } from '../../../src/artifacts/checksums.ts';
import { calico } from '../../../src/cni/calico.ts';
import type { Cloud } from '../../../src/host/cloud.ts';
import type { Facts } from '../../../src/host/facts.ts';
import { fakeContext, fakeFacts, fakeSpec } from '../../helpers/cluster.ts';
import { base, messageOf } from '../../spec/spec-helper.ts';

const V6 = 'fd00:10::/56';
const DUAL = `10.42.0.0/16,${V6}`;
const specOf = (options: Record<string, unknown>, podCIDR = '10.42.0.0/16') =>
  fakeSpec({ with: { cni: { name: 'calico', version: 'default', podCIDR, options } } });

describe('every manifest of every version has its checksum', () => {
  const choices = [{}, { backend: 'bgp' }, { install: 'operator' }];
  const rows = calico.versions.flatMap((version) => choices.map((options) => [version, options] as const));
  test.each(rows)('%s, %j', (version, options) => {
    const sources = calico.sources(fakeContext(specOf(options), version));
    expect(sources.length).toBeGreaterThan(0);
    for (const source of sources) {
      expect(builtInChecksums().has('upstream' in source ? source.upstream : '')).toBe(true);
    }
  });
});

describe('options', () => {
  const accepted: [Record<string, unknown>, string][] = [
    [{}, V6],
    [{ backend: 'ipip', crossSubnet: true, encryption: 'wireguard', mtu: 576 }, '10.42.0.0/16'],
    [{ backend: 'bgp', kubeProxyReplacement: true, encryption: 'wireguard' }, '10.42.0.0/16'],
    [{ kubeProxyReplacement: true, mtu: 1280 }, V6],
    [{ install: 'operator', backend: 'bgp' }, V6],
    [{ install: 'operator', kubeProxyReplacement: true }, '10.42.0.0/16'],
    [{ install: 'operator', kubeProxyReplacement: true }, DUAL],
  ];
  test.each(accepted)('%j with %s go together', (options, podCIDR) => {
    expect(calico.problems?.(specOf(options, podCIDR))).toEqual([]);
  });

  test.each([
    [{ backend: 'bgp', crossSubnet: true }, '10.42.0.0/16', 'crossSubnet', 'never does'],
    [{ backend: 'ipip', kubeProxyReplacement: true }, '10.42.0.0/16', 'kubeProxyReplacement', 'eBPF'],
    [{ backend: 'ipip' }, V6, 'backend', 'carries IPv4 only'],
    [{ backend: 'ipip' }, DUAL, 'backend', 'carries IPv4 only'],
    [{ mtu: 1279 }, DUAL, 'mtu', 'less than 1280'],
    [{ install: 'operator', kubeProxyReplacement: true }, V6, 'kubeProxyReplacement', 'IPv4 address'],
    [{ mtu: 1279 }, V6, 'mtu', 'less than 1280'],
  ])('%j with %s is refused: %s', (options, podCIDR, option, what) => {
    expect(calico.problems?.(specOf(options, podCIDR))).toEqual([
      { option, what: expect.stringContaining(what), fix: expect.stringMatching(/\w/) },
    ]);
  });

  test.each([
    ['{backend: geneve}', 'cni.options.backend'],
    ['{encryption: ipsec}', 'cni.options.encryption'],
    ['{install: helm}', 'cni.options.install'],
    ['{crossSubnet: "yes"}', 'cni.options.crossSubnet'],
    ['{backend: bgp, crossSubnet: true}', 'cni.options.crossSubnet: says when packets are encapsulated'],
    ['{vni: 1}', 'calico has no option "vni"'],
  ])('a cluster file with %s is refused: %s', (options, message) => {
    expect(messageOf(`${base}cni: {name: calico, options: ${options}}\n`)).toContain(message);
  });
});

describe('ports', () => {
  test.each([
    [{}, '10.42.0.0/16', ['udp 4789']],
    [{ backend: 'ipip' }, '10.42.0.0/16', ['tcp 179']],
    [{ backend: 'bgp' }, '10.42.0.0/16', ['tcp 179']],
    [{ backend: 'bgp', kubeProxyReplacement: true }, '10.42.0.0/16', ['tcp 179', 'udp 4789']],
    [{ install: 'operator' }, '10.42.0.0/16', ['udp 4789', 'tcp 5473']],
    [{ encryption: 'wireguard' }, '10.42.0.0/16', ['udp 4789', 'udp 51820']],
    [{ encryption: 'wireguard' }, V6, ['udp 4789', 'udp 51821']],
    [{ encryption: 'wireguard' }, DUAL, ['udp 4789', 'udp 51820', 'udp 51821']],
  ])('options %j with %s: %j', (options, podCIDR, ports) => {
    const found = calico.ports(specOf(options, podCIDR));
    expect(found.map(({ protocol, port }) => `${protocol} ${String(port)}`)).toEqual(ports);
  });

  test('IPIP has none, which is said', () => {
    const noticesOf = (options: Record<string, unknown>) => calico.notices?.(fakeContext(specOf(options)));
    expect(noticesOf({ backend: 'ipip' })).toEqual([
      expect.objectContaining({ id: 'calico-ipip', severity: 'info' }),
    ]);
    expect([noticesOf({}), noticesOf({ backend: 'bgp' })]).toEqual([[], []]);
  });
});

describe('preflight', () => {
  const found = (options: Record<string, unknown>, facts: Partial<Facts>) =>
    calico.preflight(fakeFacts(0, facts), specOf(options)).map(({ id, severity }) => `${id} ${severity}`);

  test('without /sys/fs/bpf no pod of it starts', () => {
    expect(found({}, { filesystems: ['overlay'] })).toEqual(['calico-bpf error']);
    expect(found({ kubeProxyReplacement: true }, {})).toEqual([]);
  });

  test.each([
    ['5.10.0-8-amd64', {}, []],
    ['6.1.0', { kubeProxyReplacement: true, encryption: 'wireguard' }, []],
    ['5.4.0-150-generic', {}, ['calico-kernel warning']],
    ['5.4.0-150-generic', { kubeProxyReplacement: true }, ['calico-kernel error']],
    ['5.4.0-150-generic', { encryption: 'wireguard' }, ['calico-kernel warning', 'calico-wireguard error']],
    ['5.5.19', { encryption: 'wireguard' }, ['calico-kernel warning', 'calico-wireguard error']],
    ['5.6.0', { encryption: 'wireguard' }, ['calico-kernel warning']],
    ['4.18.0-553.el8_10.x86_64', { kubeProxyReplacement: true }, []],
    ['4.18.0-305.el8.x86_64', { encryption: 'wireguard' }, ['calico-wireguard error']],
    ['4.18.0-240.el8.x86_64', {}, ['calico-kernel warning']],
    ['4.19.0-26-amd64', {}, ['calico-kernel warning']],
    ['', { kubeProxyReplacement: true }, []],
  ])('Linux %j with %j: %j', (kernel, options, findings) => {
    expect(found(options, { kernel })).toEqual(findings);
  });

  test.each([
    ['6.1.0', true, []],
    ['6.1.0', false, ['kernel-features error']],
    ['4.18.0-553.el8_10.x86_64', true, []],
    ['4.18.0-553.el8_10.x86_64', false, ['kernel-features error']],
  ])('Linux %s, module wireguard: %s: %j', (kernel, wireguard, findings) => {
    const facts = { kernel, features: { wireguard } };
    expect(found({ encryption: 'wireguard' }, facts)).toEqual(findings);
    expect(found({}, facts)).toEqual([]);
  });

  test.each<[Cloud | undefined, Record<string, unknown>, string[]]>([
    ['azure', { backend: 'ipip' }, ['cloud-ipip error']],
    ['azure', { backend: 'ipip', crossSubnet: true }, ['cloud-ipip error']],
    ['aws', { backend: 'ipip' }, []],
    ['aws', { backend: 'bgp' }, ['cloud-routes warning']],
    ['gcp', { crossSubnet: true }, ['cloud-routes warning']],
    ['azure', {}, []],
    [undefined, { backend: 'bgp' }, []],
  ])('in the cloud %s with %j: %j', (cloud, options, findings) => {
    expect(found(options, { cloud })).toEqual(findings);
  });
});
