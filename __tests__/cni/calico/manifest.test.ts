import { describe, expect, test } from '@jest/globals';
import { calico } from '../../../src/cni/calico.ts';
import type { KubeObject } from '../../../src/kube/objects.ts';
import { calicoObjects } from '../../helpers/calico-manifest.ts';
import { fakeContext, fakeSpec } from '../../helpers/cluster.ts';
import { bootstrapFailure } from '../../helpers/failure.ts';

const V6 = 'fd00:10::/56';
const DUAL = `10.42.0.0/16,${V6}`;
const contextOf = (options: Record<string, unknown> = {}, podCIDR = '10.42.0.0/16') =>
  fakeContext(
    fakeSpec({ with: { cni: { name: 'calico', version: 'default', podCIDR, options } } }),
    '3.32.1',
  );
const render = (...of: Parameters<typeof contextOf>) => calico.render(calicoObjects, contextOf(...of));
const named = (objects: readonly KubeObject[], kind: string, name: string): KubeObject | undefined =>
  objects.find((object) => object.kind === kind && object.metadata.name === name);

interface Variable {
  readonly name: string;
  readonly value?: string;
}
interface Pod {
  readonly containers: readonly { readonly name: string; readonly env: readonly Variable[] }[];
}
const podOf = (daemonSet: KubeObject | undefined) =>
  (daemonSet as unknown as { spec: { template: { spec: Pod } } }).spec.template.spec;
/** The agent's variables that are set here, by name. */
const environment = (...of: Parameters<typeof contextOf>) => {
  const env = podOf(named(render(...of), 'DaemonSet', 'calico-node')).containers[0]?.env ?? [];
  expect(new Set(env.map(({ name }) => name)).size).toBe(env.length);
  const plain = env.filter(({ name }) => name !== 'DATASTORE_TYPE' && name !== 'CALICO_NETWORKING_BACKEND');
  return Object.fromEntries(plain.map(({ name, value }) => [name, value]));
};
const configOf = (...of: Parameters<typeof contextOf>) =>
  named(render(...of), 'ConfigMap', 'calico-config')?.['data'] as Record<string, string>;

describe('calico by its manifest', () => {
  test.each([
    [{}, 'calico-vxlan.yaml'],
    [{ backend: 'vxlan' }, 'calico-vxlan.yaml'],
    [{ backend: 'ipip' }, 'calico.yaml'],
    [{ backend: 'bgp' }, 'calico.yaml'],
  ])('with %j it is upstream’s %s', (options, file) => {
    expect(calico.sources(contextOf(options))).toEqual([
      { upstream: `raw.githubusercontent.com/projectcalico/calico/v3.32.1/manifests/${file}` },
    ]);
  });

  const poolsOf = (...of: Parameters<typeof contextOf>) =>
    render(...of)
      .filter(({ kind }) => kind === 'IPPool')
      .map(({ metadata, ['spec']: spec }) => ({ name: metadata.name, ...(spec as object) }));
  /** calico-node ends where it is given pools beside the first of these. */
  const upstreams = {
    NO_DEFAULT_POOLS: 'true',
    CALICO_IPV4POOL_IPIP: 'Always',
    CALICO_IPV4POOL_VXLAN: 'Never',
    CALICO_IPV6POOL_VXLAN: 'Never',
  };
  const pool = {
    name: 'default-ipv4-ippool',
    cidr: '10.42.0.0/16',
    blockSize: 26,
    allowedUses: ['Workload', 'Tunnel'],
    natOutgoing: true,
    nodeSelector: 'all()',
  };
  const pool6 = { ...pool, name: 'default-ipv6-ippool', cidr: V6, blockSize: 122 };

  test.each([
    [{}, 'Never', 'Always'],
    [{ crossSubnet: true }, 'Never', 'CrossSubnet'],
    [{ backend: 'ipip' }, 'Always', 'Never'],
    [{ backend: 'ipip', crossSubnet: true }, 'CrossSubnet', 'Never'],
    [{ backend: 'bgp' }, 'Never', 'Never'],
  ])('options %j: the pool has IPIP %s, VXLAN %s', (options, ipipMode, vxlanMode) => {
    expect(poolsOf(options)).toEqual([{ ...pool, ipipMode, vxlanMode }]);
    expect(environment(options)).toEqual({
      ...upstreams,
      IP: 'autodetect',
      IP_AUTODETECTION_METHOD: 'kubernetes-internal-ip',
      FELIX_IPV6SUPPORT: 'false',
    });
  });

  test.each([
    [{}, 'Always'],
    [{ crossSubnet: true }, 'CrossSubnet'],
    [{ backend: 'bgp' }, 'Never'],
  ])('an IPv6 network is the only one (%j: VXLAN %s)', (options, vxlanMode) => {
    expect(poolsOf(options, V6)).toEqual([{ ...pool6, ipipMode: 'Never', vxlanMode }]);
    expect(environment(options, V6)).toEqual({
      ...upstreams,
      IP: 'none',
      IP6: 'autodetect',
      IP6_AUTODETECTION_METHOD: 'kubernetes-internal-ip',
      FELIX_IPV6SUPPORT: 'true',
      CALICO_ROUTER_ID: 'hash',
    });
    const network = configOf(options, V6)['cni_network_config'] ?? '';
    const { plugins } = JSON.parse(network.replace('__CNI_MTU__', '0')) as { plugins: { ipam: unknown }[] };
    expect(plugins[0]?.ipam).toEqual({ type: 'calico-ipam', assign_ipv4: 'false', assign_ipv6: 'true' });
  });

  test('with dual stack there are pools and addresses of both families', () => {
    const modes = { ipipMode: 'Never', vxlanMode: 'Always' };
    expect(poolsOf({}, DUAL)).toEqual([
      { ...pool, ...modes },
      { ...pool6, ...modes },
    ]);
    expect(environment({}, DUAL)).toEqual({
      ...environment(),
      IP6: 'autodetect',
      IP6_AUTODETECTION_METHOD: 'kubernetes-internal-ip',
      FELIX_IPV6SUPPORT: 'true',
    });
    expect(configOf({}, DUAL)['cni_network_config']).toContain(
      '"assign_ipv4": "true", "assign_ipv6": "true"',
    );
  });

  test('an MTU goes to pods and tunnels; without one Calico finds it', () => {
    const [before] = calicoObjects;
    expect(configOf()).toEqual(before?.['data']);
    expect(configOf({ mtu: 1400 })).toEqual({ ...(before?.['data'] as object), veth_mtu: '1400' });
    expect(environment({ mtu: 1400 })).toEqual(environment());
    expect(environment({ mtu: 1400 }, V6)).toEqual({
      ...environment({}, V6),
      FELIX_VXLANMTUV6: '1400',
      FELIX_WIREGUARDMTUV6: '1400',
    });
  });

  test.each([
    [{}, '10.42.0.0/16', {}],
    [{ encryption: 'wireguard' }, '10.42.0.0/16', { wireguardEnabled: true }],
    [{ encryption: 'wireguard' }, V6, { wireguardEnabledV6: true }],
    [{ encryption: 'wireguard' }, DUAL, { wireguardEnabled: true, wireguardEnabledV6: true }],
  ])('Felix with %j and %s: %j, and routing tables of its own', (options, podCIDR, wireguard) => {
    expect(named(render(options, podCIDR), 'FelixConfiguration', 'default')).toEqual({
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'FelixConfiguration',
      metadata: { name: 'default' },
      spec: { routeTableRanges: [{ min: 17900, max: 17901 }], ...wireguard },
    });
    expect(calico.traces.routeTables).toEqual(['17900', '17901']);
  });

  test('in kube-proxy’s place it runs eBPF and knows the API server’s own address before its pods start', () => {
    const options = { kubeProxyReplacement: true };
    expect(environment(options)).toEqual({ ...environment(), FELIX_BPFENABLED: 'true' });
    const objects = render(options);
    expect(objects[0]).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kubernetes-services-endpoint', namespace: 'kube-system' },
      data: { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '6443' },
    });
    expect(named(render(), 'ConfigMap', 'kubernetes-services-endpoint')).toBeUndefined();
    expect(calico.replacesKubeProxy?.(contextOf(options).spec)).toBe(true);
    expect(calico.replacesKubeProxy?.(contextOf().spec)).toBe(false);
  });

  test('nothing else changes, and settings come before the pods that read them', () => {
    const [, crd, daemonSet, controllers] = calicoObjects;
    const [felix, pools, , sameCrd, changed, sameControllers, ...others] = render();
    expect([felix?.kind, pools?.kind, others]).toEqual(['FelixConfiguration', 'IPPool', []]);
    expect([sameCrd, sameControllers]).toEqual([crd, controllers]);
    const { containers, ...pod } = podOf(changed);
    const { containers: before, ...podBefore } = podOf(daemonSet);
    expect(pod).toEqual(podBefore);
    expect(containers.map((container) => ({ ...container, env: [] }))).toEqual(
      before.map((container) => ({ ...container, env: [] })),
    );
  });

  test('waits for its DaemonSet and its Deployment, and pulls what they name', () => {
    expect(calico.workloads(render())).toEqual([
      { kind: 'DaemonSet', namespace: 'kube-system', name: 'calico-node' },
      { kind: 'Deployment', namespace: 'kube-system', name: 'calico-kube-controllers' },
    ]);
    expect(calico.images?.(contextOf())).toEqual([]);
  });

  const [config, crd, daemonSet] = calicoObjects as readonly [KubeObject, KubeObject, KubeObject];
  const noAgent = { spec: { template: { spec: { containers: [{ name: 'other' }] } } } };
  const rows: [string, readonly KubeObject[], string][] = [
    ['no ConfigMap', [crd, daemonSet], 'has no ConfigMap calico-config'],
    ['two ConfigMaps', [config, config, daemonSet], 'has 2 ConfigMap calico-config'],
    ['no DaemonSet', [config, crd], 'has no DaemonSet calico-node'],
    ['no agent', [config, { ...daemonSet, ...noAgent }], 'has no container calico-node'],
    ['no network configuration', [{ ...config, data: {} }, daemonSet], 'has no calico-ipam'],
  ];
  test.each(rows)('refuses a manifest with %s', async (_name, objects, message) => {
    expect(await bootstrapFailure(() => calico.render(objects, contextOf()))).toMatchObject({
      code: 'E_CNI',
      message: expect.stringContaining(message),
    });
  });
});
