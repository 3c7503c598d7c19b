import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { kindConfig, type KindConfigOptions } from '../../../src/providers/kind/config.ts';
import type { ClusterSpec, HostSpec } from '../../../src/spec/cluster-spec.ts';
import { fakeSpec, type FakeSpecOptions } from '../../helpers/cluster.ts';
import type { KindDocument } from '../../helpers/fake-kind.ts';

const token = 'abcdef.0123456789abcdef';
type Patch = Readonly<Record<string, unknown>> & { readonly kind: string };

function config(spec: FakeSpecOptions = {}, changes: Partial<KindConfigOptions> = {}) {
  const options = {
    nodeImage: 'n/n:v1.36.4',
    kubernetesVersion: '1.36.4',
    cgroup: 'v2',
    kubeProxy: true,
    token,
  } as const;
  const text = kindConfig({ spec: fakeSpec(spec), ...options, ...changes });
  const document = parse(text) as KindDocument;
  const patches = document.nodes.map(({ kubeadmConfigPatches }) =>
    kubeadmConfigPatches.map((patch) => parse(patch) as Patch),
  );
  const of = (kind: string, node = 0): Patch | undefined =>
    patches[node]?.find((patch) => patch.kind === kind);
  return { text, document, patches, of };
}

const withKubernetes = (changes: Partial<ClusterSpec['kubernetes']>): FakeSpecOptions => ({
  with: { kubernetes: { ...fakeSpec().kubernetes, ...changes } },
});

/** Three hosts, the first of them changed. */
function hostsWith(changes: Partial<HostSpec>, controlPlanes = 1): readonly HostSpec[] {
  return fakeSpec({ controlPlanes }).hosts.map((host, index) =>
    index === 0 ? { ...host, ...changes } : host,
  );
}

describe('kind’s configuration', () => {
  test('has the networks, no CNI of kind’s, and a node of the image for each host', () => {
    const { document } = config({ controlPlanes: 2 });
    expect(document).toMatchObject({ apiVersion: 'kind.x-k8s.io/v1alpha4', kind: 'Cluster', name: 'test' });
    expect(document.networking).toEqual({
      ipFamily: 'ipv4',
      podSubnet: '10.244.0.0/16',
      serviceSubnet: '10.96.0.0/16',
      disableDefaultCNI: true,
    });
    expect(document.nodes.map(({ role, image }) => [role, image])).toEqual(
      ['control-plane', 'control-plane', 'worker'].map((role) => [role, 'n/n:v1.36.4']),
    );
  });

  test('takes IPv6, and a port for the API server', () => {
    const { cni, kubernetes } = fakeSpec();
    const { document } = config({
      with: {
        cni: { ...cni, podCIDR: 'fd00:1::/56' },
        kubernetes: { ...kubernetes, serviceCIDR: 'fd00:2::/112' },
        kind: { apiServerPort: 7443, portMappings: [] },
      },
    });
    expect(document.networking).toMatchObject({ ipFamily: 'ipv6', apiServerPort: 7443 });
  });

  test('takes both families', () => {
    const { cni } = fakeSpec();
    const podCIDR = '10.244.0.0/16,fd00:1::/56';
    const { document } = config({ with: { cni: { ...cni, podCIDR } } });
    expect(document.networking).toMatchObject({ ipFamily: 'dual', podSubnet: podCIDR });
  });

  test('every node has the run’s own token in place of kind’s', () => {
    const { patches } = config();
    for (const each of patches) {
      expect(each.find(({ kind }) => kind === 'InitConfiguration')).toMatchObject({
        bootstrapTokens: [{ token, ttl: '15m0s', usages: ['signing', 'authentication'] }],
      });
      expect(each.find(({ kind }) => kind === 'JoinConfiguration')).toMatchObject({
        discovery: { bootstrapToken: { token } },
      });
    }
    expect(patches).toHaveLength(3);
  });

  test('has names and taints that were given, the control plane’s own taint beside the user’s', () => {
    const taints = [{ key: 'a', value: 'b', effect: 'NoExecute' }] as const;
    const { of } = config({ with: { hosts: hostsWith({ name: 'cp-1', taints }) } });
    const controlPlane = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };
    const registration = { name: 'cp-1', taints: [controlPlane, ...taints] };
    expect(of('InitConfiguration')?.['nodeRegistration']).toEqual(registration);
    expect(of('JoinConfiguration')?.['nodeRegistration']).toEqual(registration);
    expect(of('JoinConfiguration', 1)?.['nodeRegistration']).toEqual({});
    const worker = config({ with: { hosts: hostsWith({ taints, role: 'worker' }, 2) } });
    expect(worker.of('JoinConfiguration')?.['nodeRegistration']).toEqual({ taints });
  });

  test.each([
    ['ci.example', 'ci.example'],
    ['ci.example:7443', 'ci.example'],
    ['10.1.2.3:7443', '10.1.2.3'],
    ['[fd00::1]:7443', 'fd00::1'],
    ['[fd00::1]', 'fd00::1'],
    ['fd00::1', 'fd00::1'],
  ])('the certificate is good for the user’s %s', (controlPlaneEndpoint, name) => {
    const { of } = config(withKubernetes({ controlPlaneEndpoint }));
    expect(of('ClusterConfiguration')?.['apiServer']).toEqual({
      certSANs: ['localhost', '127.0.0.1', name],
    });
  });

  test('leaves the certificate’s names to kind where there is none; the domain is the user’s', () => {
    expect(config(withKubernetes({ dnsDomain: 'corp.local' })).of('ClusterConfiguration')).toEqual({
      kind: 'ClusterConfiguration',
      networking: { dnsDomain: 'corp.local' },
    });
  });

  test('the user’s patches are the last, in their order, on every node', () => {
    const kubeadmPatches = [
      { kind: 'ClusterConfiguration', networking: { dnsDomain: 'mine.local' } },
      { kind: 'KubeletConfiguration', maxPods: 50 },
      { kind: 'KubeletConfiguration', maxPods: null },
    ] as const;
    const { patches } = config(withKubernetes({ kubeadmPatches }), { cgroup: 'v1' });
    expect(patches.map((each) => each.slice(-3))).toEqual(Array(3).fill(kubeadmPatches));
  });

  test('kubelets are told to accept cgroup v1 only where it is', () => {
    expect(config().of('KubeletConfiguration')).toBeUndefined();
    const { of } = config({}, { cgroup: 'v1' });
    for (const node of [0, 1, 2])
      expect(of('KubeletConfiguration', node)).toEqual({ kind: 'KubeletConfiguration', failCgroupV1: false });
  });

  test.each([{}, { 'docker.io': 'http://m' }])(
    'containerd looks for mirrors, whether there are any yet: %j',
    (registryMirrors) => {
      const { document } = config({ with: { registryMirrors } });
      expect(document.containerdConfigPatches).toEqual([
        expect.stringContaining('config_path = "/etc/containerd/certs.d"'),
      ]);
    },
  );

  test('ports are published by the first control plane alone', () => {
    const portMappings = [
      { hostPort: 80, containerPort: 30_080, listenAddress: '127.0.0.1', protocol: 'TCP' },
    ] as const;
    const hosts = hostsWith({ role: 'worker' }, 3);
    const { document } = config({ with: { kind: { portMappings }, hosts } });
    expect(document.nodes.map(({ extraPortMappings }) => extraPortMappings)).toEqual([
      undefined,
      portMappings,
      undefined,
    ]);
    expect(config().document.nodes[0]).not.toHaveProperty('extraPortMappings');
  });

  test('is without aliases, which not every reader follows', () => {
    const taints = [{ key: 'a', effect: 'NoExecute' }] as const;
    expect(config({ with: { hosts: hostsWith({ taints }) } }).text).not.toMatch(/[&*]a\d/);
  });
});

describe('patches before kubeadm’s v1beta4', () => {
  const kubeadmPatches = [
    {
      kind: 'ClusterConfiguration',
      apiServer: {
        extraArgs: [
          { name: 'v', value: '4' },
          { name: 'audit-log-path', value: '-' },
        ],
      },
      etcd: { local: { extraArgs: [{ name: 'x', value: 'y' }], dataDir: '/d' } },
    },
    {
      kind: 'InitConfiguration',
      nodeRegistration: {
        kubeletExtraArgs: [{ name: 'max-pods', value: '9' }],
        ignorePreflightErrors: ['a'],
      },
    },
    { kind: 'KubeletConfiguration', extraArgs: 'no list' },
  ] as const;

  test.each(['1.34.11', '1.35.8'])('of %s have maps in place of lists of arguments', (kubernetesVersion) => {
    const { patches } = config(withKubernetes({ kubeadmPatches }), { kubernetesVersion });
    expect(patches[0]?.slice(-3)).toEqual([
      {
        kind: 'ClusterConfiguration',
        apiServer: { extraArgs: { v: '4', 'audit-log-path': '-' } },
        etcd: { local: { extraArgs: { x: 'y' }, dataDir: '/d' } },
      },
      {
        kind: 'InitConfiguration',
        nodeRegistration: { kubeletExtraArgs: { 'max-pods': '9' }, ignorePreflightErrors: ['a'] },
      },
      { kind: 'KubeletConfiguration', extraArgs: 'no list' },
    ]);
  });

  test.each(['1.36.1', '1.37.0', undefined])('of %s stay as they are', (kubernetesVersion) => {
    const { patches } = config(withKubernetes({ kubeadmPatches }), { kubernetesVersion });
    expect(patches[0]?.slice(-3)).toEqual(kubeadmPatches);
  });
});
