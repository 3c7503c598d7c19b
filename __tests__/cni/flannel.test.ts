import { describe, expect, test } from '@jest/globals';
import { flannel } from '../../src/cni/flannel.ts';
import type { KubeObject } from '../../src/kube/objects.ts';
import { fakeContext, fakeFacts, fakeSpec } from '../helpers/cluster.ts';
import { bootstrapFailure } from '../helpers/failure.ts';
import { flannelObjects } from '../helpers/flannel-manifest.ts';

const spec = fakeSpec({ with: { cni: { ...fakeSpec().cni, podCIDR: '10.42.0.0/16' } } });
const context = fakeContext(spec, '0.28.9');
const failure = (objects: readonly KubeObject[]) => bootstrapFailure(() => flannel.render(objects, context));
const [configMap, daemonSet] = flannelObjects;

describe('flannel', () => {
  test('its manifest is upstream’s of the version', () => {
    expect(flannel.sources(fakeContext(spec, '0.28.9'))).toEqual([
      { upstream: 'github.com/flannel-io/flannel/releases/download/v0.28.9/kube-flannel.yml' },
    ]);
  });

  test('the pod network goes into its configuration, and nothing else changes', () => {
    const [rendered, ...others] = flannel.render(flannelObjects, context);
    const { data, ...rest } = rendered as KubeObject & { data: Record<string, string> };
    expect(JSON.parse(data['net-conf.json'] ?? '')).toEqual({
      Network: '10.42.0.0/16',
      EnableNFTables: false,
      Backend: { Type: 'vxlan' },
    });
    expect(data['cni-conf.json']).toBe('{}');
    expect(rest).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', metadata: configMap.metadata });
    expect(others).toHaveLength(1);
  });

  test.each([
    [{}, { Network: '10.42.0.0/16', Backend: { Type: 'vxlan' } }, ['udp 8472']],
    [{ backend: 'host-gw' }, { Network: '10.42.0.0/16', Backend: { Type: 'host-gw' } }, []],
    [
      { backend: 'wireguard', mtu: 1400 },
      { Network: '10.42.0.0/16', Backend: { Type: 'wireguard' } },
      ['udp 51820'],
    ],
  ])('options %j: %j, ports %j', (options, network, ports) => {
    const chosen = fakeSpec({ with: { cni: { ...spec.cni, options } } });
    const [rendered] = flannel.render(flannelObjects, fakeContext(chosen, '0.28.9'));
    const { data } = rendered as KubeObject & { data: Record<string, string> };
    expect(JSON.parse(data['net-conf.json'] ?? '')).toEqual({ EnableNFTables: false, ...network });
    expect(flannel.ports(chosen).map(({ protocol, port }) => `${protocol} ${String(port)}`)).toEqual(ports);
  });

  test.each([
    ['10.42.0.0/16', [{ family: 4, port: 51820 }]],
    ['fd00::/48', [{ family: 6, port: 51821 }]],
    [
      '10.42.0.0/16,fd00::/48',
      [
        { family: 4, port: 51820 },
        { family: 6, port: 51821 },
      ],
    ],
  ])('WireGuard for pods in %s is at %j', (podCIDR, ports) => {
    const cni = { ...spec.cni, podCIDR, options: { backend: 'wireguard' } };
    expect(flannel.ports(fakeSpec({ with: { cni } }))).toMatchObject(ports);
  });

  test.each([
    [{}, []],
    [{ backend: 'wireguard' }, ['error kernel-features: the kernel has no wireguard']],
    [{ backend: 'host-gw' }, ['warning cloud-routes: the network of Google Cloud drops']],
  ])('in a cloud, without WireGuard, %j: %j', (options, expected) => {
    const chosen = fakeSpec({ with: { cni: { ...spec.cni, options } } });
    const found = flannel
      .preflight(fakeFacts(0, { features: { wireguard: false }, cloud: 'gcp' }), chosen)
      .map(({ id, severity, message }) => `${severity} ${id}: ${message}`);
    expect(found).toEqual(expected.map((text) => expect.stringContaining(text)));
    expect(flannel.preflight(fakeFacts(0, { features: { wireguard: true } }), chosen)).toEqual([]);
  });

  test('pods have the MTU that is wanted, whatever the backend; nothing else of the plugins changes', () => {
    const conf = {
      name: 'cbr0',
      plugins: [{ type: 'flannel', delegate: { hairpinMode: true } }, { type: 'portmap' }],
    };
    const withConf = {
      ...configMap,
      data: { ...(configMap['data'] as object), 'cni-conf.json': JSON.stringify(conf) },
    };
    const chosen = fakeSpec({ with: { cni: { ...spec.cni, options: { backend: 'host-gw', mtu: 1400 } } } });
    const [rendered] = flannel.render([withConf, daemonSet], fakeContext(chosen, '0.28.9'));
    const { data } = rendered as KubeObject & { data: Record<string, string> };
    expect(JSON.parse(data['cni-conf.json'] ?? '')).toEqual({
      name: 'cbr0',
      plugins: [{ type: 'flannel', delegate: { hairpinMode: true, mtu: 1400 } }, { type: 'portmap' }],
    });
  });

  test.each([
    ['host-gw', 'fd00:10::/56', ['backend']],
    ['host-gw', '10.244.0.0/16', []],
    ['vxlan', 'fd00:10::/56', []],
    ['host-gw', '10.244.0.0/16,fd00:10::/56', []],
    ['vxlan', 'fd00:10::/56,10.244.0.0/16', ['podCIDR']],
  ])('%s with %s: refused %j', (backend, podCIDR, refused) => {
    const one = fakeSpec({ with: { cni: { ...spec.cni, podCIDR, options: { backend } } } });
    expect(
      flannel.problems?.(one).map((problem) => ('option' in problem ? problem.option : problem.field)),
    ).toEqual(refused);
  });

  test('an IPv6 network is the only one', () => {
    const v6 = fakeSpec({ with: { cni: { ...spec.cni, podCIDR: 'fd00:10::/56' } } });
    const [rendered] = flannel.render(flannelObjects, fakeContext(v6, '0.28.9'));
    const { data } = rendered as KubeObject & { data: Record<string, string> };
    expect(JSON.parse(data['net-conf.json'] ?? '')).toMatchObject({
      EnableIPv4: false,
      EnableIPv6: true,
      IPv6Network: 'fd00:10::/56',
    });
  });

  test('with dual stack there are networks of both families', () => {
    const dual = fakeSpec({ with: { cni: { ...spec.cni, podCIDR: '10.42.0.0/16,fd00:10::/56' } } });
    const [rendered] = flannel.render(flannelObjects, fakeContext(dual, '0.28.9'));
    const { data } = rendered as KubeObject & { data: Record<string, string> };
    const network = JSON.parse(data['net-conf.json'] ?? '') as object;
    expect(network).toMatchObject({ Network: '10.42.0.0/16', EnableIPv6: true, IPv6Network: 'fd00:10::/56' });
    expect(network).not.toHaveProperty('EnableIPv4');
  });

  test('its tunnels end at the node’s address, and it asks the API server without kube-proxy', () => {
    const [, rendered] = flannel.render(flannelObjects, context);
    const { containers } = (
      rendered as KubeObject & { spec: { template: { spec: { containers: object[] } } } }
    ).spec.template.spec;
    expect(containers).toEqual([
      {
        name: 'kube-flannel',
        image: 'ghcr.io/flannel-io/flannel:v0.28.9',
        args: ['--ip-masq', '--kube-subnet-mgr', '--iface=$(HOST_IP)'],
        env: [
          { name: 'EVENT_QUEUE_DEPTH', value: '5000' },
          { name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
          { name: 'KUBERNETES_SERVICE_HOST', value: '10.0.0.1' },
          { name: 'KUBERNETES_SERVICE_PORT', value: '6443' },
        ],
      },
    ]);
  });

  test('it is asked every second whether it is ready', () => {
    const probe = { httpGet: { path: '/readyz' }, initialDelaySeconds: 5, periodSeconds: 10 };
    const template = { spec: { containers: [{ name: 'kube-flannel', readinessProbe: probe }] } };
    const [, rendered] = flannel.render([configMap, { ...daemonSet, spec: { template } }], context);
    expect(rendered).toMatchObject({
      spec: {
        template: {
          spec: {
            containers: [{ readinessProbe: { ...probe, initialDelaySeconds: 0, periodSeconds: 1 } }],
          },
        },
      },
    });
  });

  test('other DaemonSets and containers stay as they are', () => {
    const other = { name: 'side', image: 'x' };
    const template = { spec: { containers: [other] } };
    const changed = { ...daemonSet, spec: { template } };
    expect(flannel.render([configMap, changed], context)[1]).toEqual(changed);
  });

  test('waits for its DaemonSet', () => {
    expect(flannel.workloads(flannelObjects)).toEqual([
      { kind: 'DaemonSet', namespace: 'kube-flannel', name: 'kube-flannel-ds' },
    ]);
  });

  const rows: [string, readonly KubeObject[], string][] = [
    ['without its ConfigMap', [daemonSet], 'has no ConfigMap kube-flannel-cfg'],
    ['with two of them', [configMap, configMap], 'kube-flannel-cfg'],
    ['without its DaemonSet', [configMap], 'has no DaemonSet kube-flannel-ds'],
    ['with one of no data', [{ ...configMap, data: {} }, daemonSet], 'no net-conf.json'],
    [
      'with one that is no JSON',
      [{ ...configMap, data: { 'net-conf.json': '{' } }, daemonSet],
      'net-conf.json',
    ],
  ];
  test.each(rows)('refuses a manifest %s', async (_name, objects, message) => {
    expect(await failure(objects)).toMatchObject({
      code: 'E_CNI',
      message: expect.stringContaining(message),
    });
  });
});
