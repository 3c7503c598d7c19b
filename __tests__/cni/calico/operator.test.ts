import { describe, expect, test } from '@jest/globals';
import { calico } from '../../../src/cni/calico.ts';
import { operatorObjects } from '../../helpers/calico-manifest.ts';
import { fakeContext, fakeSpec } from '../../helpers/cluster.ts';
import { bootstrapFailure } from '../../helpers/failure.ts';

const V6 = 'fd00:10::/56';
const contextOf = (options: Record<string, unknown> = {}, podCIDR = '10.42.0.0/16') =>
  fakeContext(
    fakeSpec({
      with: {
        cni: { name: 'calico', version: 'default', podCIDR, options: { install: 'operator', ...options } },
      },
    }),
    '3.32.1',
  );
const render = (...of: Parameters<typeof contextOf>) => calico.render(operatorObjects, contextOf(...of));
const networkOf = (...of: Parameters<typeof contextOf>) => {
  const { spec } = render(...of).find(({ kind }) => kind === 'Installation') as unknown as {
    readonly spec: { readonly calicoNetwork: object };
  };
  return spec.calicoNetwork;
};

describe('calico by its operator', () => {
  test('definitions and the operator are upstream’s of the version', () => {
    const base = 'raw.githubusercontent.com/projectcalico/calico/v3.32.1/manifests';
    expect(calico.sources(contextOf())).toEqual([
      { upstream: `${base}/operator-crds.yaml` },
      { upstream: `${base}/tigera-operator.yaml` },
    ]);
  });

  const pool = {
    name: 'default-ipv4-ippool',
    blockSize: 26,
    cidr: '10.42.0.0/16',
    encapsulation: 'VXLAN',
    natOutgoing: 'Enabled',
    nodeSelector: 'all()',
  };
  const plain = {
    bgp: 'Disabled',
    linuxDataplane: 'Iptables',
    ipPools: [pool],
    nodeAddressAutodetectionV4: { kubernetes: 'NodeInternalIP' },
  };

  test('an Installation has the pods’ network, and nothing that it does not need', () => {
    expect(render().at(-1)).toEqual({
      apiVersion: 'operator.tigera.io/v1',
      kind: 'Installation',
      metadata: { name: 'default' },
      spec: { flexVolumePath: 'None', kubeletVolumePluginPath: 'None', calicoNetwork: plain },
    });
  });

  test.each([
    [{ crossSubnet: true }, 'Disabled', 'VXLANCrossSubnet'],
    [{ backend: 'ipip' }, 'Enabled', 'IPIP'],
    [{ backend: 'ipip', crossSubnet: true }, 'Enabled', 'IPIPCrossSubnet'],
    [{ backend: 'bgp' }, 'Enabled', 'None'],
  ])('options %j: BGP %s, encapsulation %s', (options, bgp, encapsulation) => {
    expect(networkOf(options)).toEqual({ ...plain, bgp, ipPools: [{ ...pool, encapsulation }] });
  });

  test('an MTU is the pods’', () => {
    expect(networkOf({ mtu: 1400 })).toEqual({ ...plain, mtu: 1400 });
  });

  test('an IPv6 network is the only one', () => {
    expect(networkOf({}, V6)).toEqual({
      bgp: 'Disabled',
      linuxDataplane: 'Iptables',
      ipPools: [{ ...pool, name: 'default-ipv6-ippool', blockSize: 122, cidr: V6 }],
      nodeAddressAutodetectionV6: { kubernetes: 'NodeInternalIP' },
    });
  });

  test('with dual stack there are pools of both families, in the order given', () => {
    const [v4, v6] = [pool, { ...pool, name: 'default-ipv6-ippool', blockSize: 122, cidr: V6 }];
    const detected = { kubernetes: 'NodeInternalIP' };
    const dual = {
      ...plain,
      nodeAddressAutodetectionV4: detected,
      nodeAddressAutodetectionV6: detected,
    };
    expect(networkOf({}, `${v4.cidr},${V6}`)).toEqual({ ...dual, ipPools: [v4, v6] });
    expect(networkOf({}, `${V6},${v4.cidr}`)).toEqual({ ...dual, ipPools: [v6, v4] });
  });

  test('encryption is Felix’s', () => {
    const felix = render({ encryption: 'wireguard' }).find(({ kind }) => kind === 'FelixConfiguration');
    expect(felix).toMatchObject({ metadata: { name: 'default' }, spec: { wireguardEnabled: true } });
  });

  test('in kube-proxy’s place it runs eBPF, and the operator knows the API server’s own address', () => {
    const options = { kubeProxyReplacement: true };
    expect(networkOf(options)).toEqual({ ...plain, linuxDataplane: 'BPF' });
    const objects = render(options);
    const at = objects.findIndex(({ metadata }) => metadata.name === 'kubernetes-services-endpoint');
    expect(objects[at]).toMatchObject({
      metadata: { namespace: 'tigera-operator' },
      data: { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '6443' },
    });
    const kinds = objects.map(({ kind }) => kind);
    expect(kinds.indexOf('Namespace')).toBeLessThan(at);
    expect(kinds.indexOf('Deployment')).toBeGreaterThan(at);
    expect(render().some(({ kind }) => kind === 'ConfigMap')).toBe(false);
  });

  test('upstream’s objects stay as they are', () => {
    const rendered = render();
    for (const object of operatorObjects) expect(rendered).toContain(object);
    expect(rendered).toHaveLength(operatorObjects.length + 2);
  });

  test('waits for the operator, then for what it makes, whose images are pulled before', () => {
    expect(calico.workloads(render())).toEqual([
      { kind: 'Deployment', namespace: 'tigera-operator', name: 'tigera-operator' },
      { kind: 'Deployment', namespace: 'calico-system', name: 'calico-typha' },
      { kind: 'DaemonSet', namespace: 'calico-system', name: 'calico-node' },
      { kind: 'Deployment', namespace: 'calico-system', name: 'calico-kube-controllers' },
    ]);
    expect(calico.images?.(contextOf())).toEqual([
      'quay.io/calico/cni:v3.32.1',
      'quay.io/calico/kube-controllers:v3.32.1',
      'quay.io/calico/node:v3.32.1',
      'quay.io/calico/typha:v3.32.1',
    ]);
  });

  test('refuses a manifest without the operator', async () => {
    const work = () => calico.render(operatorObjects.slice(0, 2), contextOf());
    expect(await bootstrapFailure(work)).toMatchObject({
      code: 'E_CNI',
      message: expect.stringContaining('no Deployment tigera-operator'),
    });
  });
});
