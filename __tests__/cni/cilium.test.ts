import { describe, expect, test } from '@jest/globals';
import { builtInChecksums } from '../../src/artifacts/checksums.ts';
import { cilium } from '../../src/cni/cilium.ts';
import type { KubeObject } from '../../src/kube/objects.ts';
import type { ClusterSpec } from '../../src/spec/cluster-spec.ts';
import { fakeContext, fakeFacts, fakeHost, fakeSpec } from '../helpers/cluster.ts';
import { bootstrapFailure } from '../helpers/failure.ts';
import { load, messageOf } from '../spec/spec-helper.ts';

function specWith(options: Record<string, unknown>, cni: Partial<ClusterSpec['cni']> = {}): ClusterSpec {
  return fakeSpec({ with: { cni: { ...fakeSpec().cni, name: 'cilium', options, ...cni } } });
}

function valuesOf(spec: ClusterSpec): Record<string, unknown> {
  const [source] = cilium.sources(fakeContext(spec, '1.19.6'));
  if (source === undefined || !('values' in source)) throw new TypeError('it is a chart');
  return source.values;
}

describe('the chart', () => {
  test('is upstream’s of the version', () => {
    const [source, ...others] = cilium.sources(fakeContext(specWith({}), '1.20.0'));
    expect(source).toMatchObject({
      chart: 'helm.cilium.io/cilium-1.20.0.tgz',
      release: 'cilium',
      namespace: 'kube-system',
    });
    expect(others).toEqual([]);
  });

  test.each(cilium.versions)('%s is known by its checksum', (version) => {
    expect(builtInChecksums().has(`helm.cilium.io/cilium-${version}.tgz`)).toBe(true);
  });

  test('the default version is one that there is', () => {
    expect(cilium.versions).toContain(cilium.defaultVersion);
  });
});

describe('values', () => {
  test('by default: the nodes’ own ranges, a tunnel, kube-proxy beside it', () => {
    expect(valuesOf(specWith({}))).toEqual({
      ipam: { mode: 'kubernetes' },
      cni: { exclusive: false },
      ipv4: { enabled: true },
      ipv6: { enabled: false },
      routingMode: 'tunnel',
      tunnelProtocol: 'vxlan',
      kubeProxyReplacement: false,
      policyEnforcementMode: 'default',
      l7Proxy: true,
      hubble: { enabled: false },
      operator: { replicas: 2 },
    });
  });

  test.each([
    [{ backend: 'geneve' }, { routingMode: 'tunnel', tunnelProtocol: 'geneve' }],
    [
      { backend: 'native' },
      { routingMode: 'native', autoDirectNodeRoutes: true, ipv4NativeRoutingCIDR: '10.244.0.0/16' },
    ],
    [{ mtu: 1400 }, { MTU: 1400 }],
    [{ encryption: 'wireguard' }, { encryption: { enabled: true, type: 'wireguard' } }],
    [{ networkPolicy: false }, { policyEnforcementMode: 'never' }],
    [{ l7Proxy: false }, { l7Proxy: false }],
    [{ devices: ['eth1', 'eth+'] }, { devices: ['eth1', 'eth+'] }],
    [
      { kubeProxyReplacement: true },
      { kubeProxyReplacement: true, k8sServiceHost: '10.0.0.1', k8sServicePort: 6443 },
    ],
    [
      { hubble: true },
      {
        hubble: {
          enabled: true,
          peerService: { clusterDomain: 'cluster.local' },
          tls: { auto: { method: 'cronJob' } },
        },
      },
    ],
  ])('options %j: %j', (options, expected) => {
    expect(valuesOf(specWith(options))).toMatchObject(expected);
  });

  test('an IPv6 network is the only one, below the tunnel too', () => {
    const podCIDR = 'fd00:10::/56';
    expect(valuesOf(specWith({}, { podCIDR }))).toMatchObject({
      ipv4: { enabled: false },
      ipv6: { enabled: true },
      underlayProtocol: 'ipv6',
    });
    const native = valuesOf(specWith({ backend: 'native' }, { podCIDR }));
    expect(native).toMatchObject({ ipv6NativeRoutingCIDR: podCIDR });
    expect(native).not.toHaveProperty('ipv4NativeRoutingCIDR');
  });

  test('with dual stack there are both families, the tunnel between nodes being of IPv4', () => {
    const podCIDR = '10.42.0.0/16,fd00:10::/56';
    const values = valuesOf(specWith({}, { podCIDR }));
    expect(values).toMatchObject({ ipv4: { enabled: true }, ipv6: { enabled: true } });
    expect(values).not.toHaveProperty('underlayProtocol');
    expect(valuesOf(specWith({ backend: 'native' }, { podCIDR }))).toMatchObject({
      ipv4NativeRoutingCIDR: '10.42.0.0/16',
      ipv6NativeRoutingCIDR: 'fd00:10::/56',
    });
    const tunnels = (values: object) =>
      cilium.ports(specWith({ values }, { podCIDR })).filter(({ purpose }) => purpose === 'VXLAN');
    expect(tunnels({})).toMatchObject([{ family: 4 }]);
    expect(tunnels({ underlayProtocol: 'ipv6' })).toMatchObject([{ family: 6 }]);
  });

  test('images without digest: each of them, and nothing else changes', () => {
    const values = valuesOf(specWith({ useDigest: false }));
    expect(values).toMatchObject({
      image: { useDigest: false },
      operator: { image: { useDigest: false }, replicas: 2 },
      envoy: { image: { useDigest: false } },
      certgen: { image: { useDigest: false } },
      hubble: { enabled: false, relay: { image: { useDigest: false } } },
    });
  });

  test.each([
    ['one host', [[]], 1],
    ['two', [[], []], 2],
    ['the second closed', [[], [{ key: 'gpu', effect: 'NoSchedule' }]], 1],
    ['the second closed only to who minds', [[], [{ key: 'gpu', effect: 'PreferNoSchedule' }]], 2],
    [
      'both control planes',
      [[], [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }]],
      2,
    ],
  ] as const)('as many operators as there are nodes for them: %s', (_name, taints, replicas) => {
    const hosts = taints.map((own, index) => ({ ...fakeHost(index, index === 0), taints: own }));
    const { cni } = specWith({});
    expect(valuesOf(fakeSpec({ with: { cni, hosts } }))).toMatchObject({ operator: { replicas } });
  });

  test('the user’s come last, and what they do not name stays', () => {
    const values = { operator: { replicas: 1 }, cni: { chainingMode: 'portmap' }, debug: { enabled: true } };
    expect(valuesOf(specWith({ values, useDigest: false }))).toMatchObject({
      operator: { replicas: 1, image: { useDigest: false } },
      cni: { exclusive: false, chainingMode: 'portmap' },
      debug: { enabled: true },
      ipam: { mode: 'kubernetes' },
    });
  });
});

describe('options in a cluster file', () => {
  const base = `hosts: [{address: 10.0.0.1}, {address: 10.0.0.2}]\nssh: {keyFile: key, knownHosts: known_hosts}\n`;
  const file = (options: string) => `${base}cni: {name: cilium, options: ${options}}\n`;

  test.each([
    ['{values: {ipam: {mode: cluster-pool}}}', 'must not set ipam; remove it'],
    ['{values: {routingMode: native}}', 'must not set routingMode; use the option backend'],
    ['{values: {k8sServiceHost: auto}}', 'must not set k8sServiceHost'],
    ['{values: {hubble: {enabled: true}}}', 'must not set hubble.enabled; use the option hubble'],
    // What takes the place of a mapping leaves nothing of ours in it.
    ['{values: {hubble: null}}', 'must not set hubble.enabled'],
    ['{values: {cgroup: {hostRoot: /sys/fs/cgroup}}}', 'must not set cgroup.hostRoot'],
    ['{devices: ["eth0; reboot"]}', 'is not the name of a network interface'],
    ['{backend: ipip}', 'cni.options.backend'],
  ])('%s is refused', (options, message) => {
    expect(messageOf(file(options))).toContain(message);
  });

  test('values of the chart that nothing relies on pass', () => {
    const options =
      '{values: {hubble: {relay: {enabled: true}}, cni: {logFile: ""}, ipv4NativeRoutingCIDR: 10.0.0.0/8}}';
    expect(load(file(options)).cni.options['values']).toMatchObject({ cni: { logFile: '' } });
  });
});

describe('objects', () => {
  const daemonSet: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'cilium', namespace: 'kube-system' },
  };
  const secret = (name: string, mark: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, labels: { 'cilium.io/helm-template-non-idempotent': mark } },
  });
  const context = fakeContext(specWith({}), '1.19.6');

  test('stay as the chart has them; agents, operators and Envoy are waited for', () => {
    const objects = [
      daemonSet,
      { ...daemonSet, metadata: { name: 'cilium-envoy', namespace: 'kube-system' } },
      { ...daemonSet, kind: 'Deployment', metadata: { name: 'cilium-operator', namespace: 'kube-system' } },
      secret('cilium-ca', 'true'),
    ];
    expect(cilium.render(objects, context)).toEqual(objects);
    expect(cilium.workloads(objects).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'DaemonSet cilium',
      'DaemonSet cilium-envoy',
      'Deployment cilium-operator',
    ]);
  });

  test('a certificate that helm would make anew at each run is refused', async () => {
    const objects = [daemonSet, secret('hubble-server-certs', 'true')];
    expect(await bootstrapFailure(() => cilium.render(objects, context))).toMatchObject({
      code: 'E_CNI',
      where: 'cni.options.values',
      message: expect.stringContaining('hubble-server-certs'),
    });
  });
});

test.each([
  [{}, ['udp 8472', 'tcp 4240']],
  [{ backend: 'geneve' }, ['udp 6081', 'tcp 4240']],
  [{ backend: 'native' }, ['tcp 4240']],
  [{ values: { tunnelPort: 8473 } }, ['udp 8473', 'tcp 4240']],
  [{ encryption: 'wireguard', hubble: true }, ['udp 8472', 'tcp 4240', 'udp 51871', 'tcp 4244']],
])('options %j need the ports %j', (options, ports) => {
  expect(cilium.ports(specWith(options)).map(({ protocol, port }) => `${protocol} ${String(port)}`)).toEqual(
    ports,
  );
});

test.each([true, false])('kube-proxy is left out only where it is replaced: %s', (kubeProxyReplacement) => {
  expect(cilium.replacesKubeProxy?.(specWith({ kubeProxyReplacement }))).toBe(kubeProxyReplacement);
});

test('says where addresses come from', () => {
  expect(cilium.notices?.(fakeContext(specWith({})))).toEqual([
    expect.objectContaining({ severity: 'info', message: expect.stringContaining('10.244.0.0/16') }),
  ]);
});

describe('preflight', () => {
  const bare = { features: { geneve: false, wireguard: false }, cloud: 'aws' } as const;
  test.each([
    [{}, []],
    [{ backend: 'geneve' }, ['error kernel-features']],
    [{ encryption: 'wireguard' }, ['error kernel-features']],
    [{ backend: 'native' }, ['warning cloud-routes']],
  ])('in a cloud, without Geneve and WireGuard, %j: %j', (options, expected) => {
    expect(findings(bare, options)).toEqual(expected);
    expect(findings({}, options)).toEqual([]);
  });

  const findings = (facts: Parameters<typeof fakeFacts>[1], options: Record<string, unknown> = {}) =>
    cilium.preflight(fakeFacts(0, facts), specWith(options)).map(({ id, severity }) => `${severity} ${id}`);

  test.each([
    ['5.10.0-28-amd64', true],
    ['6.1.0', true],
    ['10.0.1', true],
    ['5.9.16', false],
    ['custom', true],
    ['4.19.0-26-amd64', false],
    ['4.18.0-553.el8_10.x86_64', true],
    ['4.18.0-513.24.1.el8_9.x86_64', false],
  ])('kernel %s: %s', (kernel, fit) => {
    expect(findings({ kernel })).toEqual(fit ? [] : ['error cilium-kernel']);
  });

  test.each([['overlay', 'bpf'], ['overlay', 'cgroup2'], []])(
    'a kernel with only %s and %s',
    (...filesystems) => {
      expect(findings({ filesystems })).toEqual(['error cilium-kernel']);
    },
  );

  test('without tc nothing could be taken off the host’s own interfaces', () => {
    expect(findings({ tools: ['ip'] })).toEqual(['error cilium-tc']);
  });
});

describe('traces', () => {
  const matches = (link: string) =>
    cilium.traces.links.some((name) =>
      new RegExp(`^${name.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(link),
    );

  test.each([
    'cilium_host',
    'cilium_net',
    'cilium_vxlan',
    'cilium_geneve',
    'cilium_wg0',
    'lxc_health',
    'lxc0a1b2c3d4e5f',
  ])('the link %s is Cilium’s', (link) => {
    expect(matches(link)).toBe(true);
  });

  test.each(['lxcbr0', 'lxdbr0', 'eth0', 'lxc-internal'])('the link %s is not', (link) => {
    expect(matches(link)).toBe(false);
  });

  test('programs let go of interfaces before the maps that they call each other by are gone', () => {
    expect(cilium.traces.bpfPins).toEqual(['/sys/fs/bpf/cilium', '/sys/fs/bpf/tc/globals/cilium_*']);
  });
});
