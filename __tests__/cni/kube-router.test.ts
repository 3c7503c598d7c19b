import { describe, expect, test } from '@jest/globals';
import { kubeRouter } from '../../src/cni/kube-router.ts';
import type { Facts } from '../../src/host/facts.ts';
import type { KubeObject } from '../../src/kube/objects.ts';
import type { PodSpec } from '../../src/kube/pod-template.ts';
import { fakeContext, fakeFacts, fakeSpec } from '../helpers/cluster.ts';
import { bootstrapFailure } from '../helpers/failure.ts';
import { kubeRouterObjects } from '../helpers/kube-router-manifest.ts';

const specWith = (options: Record<string, unknown> = {}, podCIDR = '10.42.0.0/16') =>
  fakeSpec({ with: { cni: { ...fakeSpec().cni, name: 'kube-router', podCIDR, options } } });
const rendered = (spec = specWith(), context = fakeContext(spec, '2.11.1')) => {
  const objects = kubeRouter.render(kubeRouterObjects, context);
  const one = (kind: string, name: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name === name) as KubeObject & {
      readonly data: Record<string, string>;
      readonly spec: { readonly template: { readonly spec: PodSpec } };
    };
  const pod = one('DaemonSet', 'kube-router').spec.template.spec;
  return { objects, one, pod, container: pod.containers[0] };
};

describe('kube-router', () => {
  test('its manifest is upstream’s of the version, with or without kube-proxy’s work', () => {
    const base = 'raw.githubusercontent.com/cloudnativelabs/kube-router/v2.11.1/daemonset/kubeadm-kuberouter';
    expect(kubeRouter.sources(fakeContext(specWith(), '2.11.1'))).toEqual([{ upstream: `${base}.yaml` }]);
    const proxy = specWith({ kubeProxyReplacement: true });
    expect(kubeRouter.sources(fakeContext(proxy, '2.11.1'))).toEqual([
      { upstream: `${base}-all-features.yaml` },
    ]);
    expect([specWith(), proxy].map((spec) => kubeRouter.replacesKubeProxy?.(spec))).toEqual([false, true]);
  });

  test('every container runs the version, from the node where it is there', () => {
    const { pod } = rendered();
    for (const { image, imagePullPolicy } of [...pod.containers, ...(pod.initContainers ?? [])]) {
      expect(image).toBe('docker.io/cloudnativelabs/kube-router:v2.11.1');
      expect(imagePullPolicy).toBe('IfNotPresent');
    }
  });

  test('it is not ready before its network has a range of addresses', () => {
    expect(rendered().container?.['startupProbe']).toMatchObject({
      exec: { command: ['grep', '-q', '"subnet"', '/etc/cni/net.d/10-kuberouter.conflist'] },
    });
  });

  const always = ['--run-router=true', '--run-service-proxy=true'];
  const services = '--service-cluster-ip-range=10.96.0.0/16';
  const rows: [Record<string, unknown>, readonly string[], readonly string[]][] = [
    [
      {},
      [
        '--run-firewall=true',
        services,
        '--enable-overlay=true',
        '--overlay-type=subnet',
        '--overlay-encap=ipip',
      ],
      ['tcp 179'],
    ],
    [
      { overlay: 'full', overlayEncap: 'fou', networkPolicy: false },
      [
        '--run-firewall=false',
        services,
        '--enable-overlay=true',
        '--overlay-type=full',
        '--overlay-encap=fou',
      ],
      ['tcp 179', 'udp 5555'],
    ],
    [{ overlay: 'off' }, ['--run-firewall=true', services, '--enable-overlay=false'], ['tcp 179']],
  ];
  test.each(rows)('options %j: flags %j, ports %j', (options, flags, ports) => {
    const spec = specWith(options);
    expect(rendered(spec).container?.args).toEqual([...always, ...flags]);
    expect(kubeRouter.ports(spec).map(({ protocol, port }) => `${protocol} ${String(port)}`)).toEqual(ports);
  });

  test('an MTU goes into the configuration of its bridge, and is not looked for', () => {
    const { one, container } = rendered(specWith({ mtu: 1400 }));
    const data = one('ConfigMap', 'kube-router-cfg').data['cni-conf.json'] ?? '';
    expect(JSON.parse(data)).toEqual({
      cniVersion: '0.3.0',
      plugins: [
        { type: 'bridge', bridge: 'kube-bridge', ipam: { type: 'host-local' }, mtu: 1400 },
        { type: 'tuning' },
      ],
    });
    expect(container?.args).toContain('--auto-mtu=false');
    expect(rendered().one('ConfigMap', 'kube-router-cfg')).toEqual(kubeRouterObjects[0]);
  });

  test('an IPv6 network is the only one', () => {
    expect(rendered(specWith({}, 'fd00:10::/56')).container?.args).toEqual(
      expect.arrayContaining(['--enable-ipv4=false', '--enable-ipv6=true', '--router-id=generate']),
    );
  });

  test.each([
    ['10.42.0.0/16,fd00:10::/56', false],
    ['fd00:10::/56,10.42.0.0/16', true],
  ])('with dual stack there are both families: %s', (podCIDR, generated) => {
    const args = rendered(specWith({}, podCIDR)).container?.args ?? [];
    expect(args).toContain('--enable-ipv6=true');
    expect(args).not.toContain('--enable-ipv4=false');
    // A BGP speaker's id is an IPv4 address, which a node's first one is not always.
    expect(args.includes('--router-id=generate')).toBe(generated);
  });

  test('its health is waited for as long as upstream’s own tests do', () => {
    expect(rendered().container?.['livenessProbe']).toEqual({
      httpGet: { path: '/healthz', port: 20244 },
      periodSeconds: 3,
      timeoutSeconds: 5,
    });
  });

  test.each([
    ['10.0.0.1', 'https://10.0.0.1:6443'],
    ['fd00::1', 'https://[fd00::1]:6443'],
    ['api.example.org', 'https://api.example.org:6443'],
  ])('without kube-proxy it has a kubeconfig of its own, to the API server %s itself', (host, server) => {
    const spec = specWith({ kubeProxyReplacement: true });
    const { pod, one } = rendered(spec, { ...fakeContext(spec, '2.11.1'), apiServer: { host, port: 6443 } });
    expect(pod.volumes).toEqual([
      { name: 'lib-modules', hostPath: { path: '/lib/modules' } },
      {
        name: 'kubeconfig',
        configMap: {
          name: 'kube-router-kubeconfig',
          items: [{ key: 'kubeconfig.conf', path: 'kubeconfig' }],
        },
      },
    ]);
    const config = one('ConfigMap', 'kube-router-kubeconfig');
    expect(config.metadata.namespace).toBe('kube-system');
    expect(JSON.parse(config.data['kubeconfig.conf'] ?? '')).toMatchObject({
      clusters: [
        {
          cluster: {
            server,
            'certificate-authority': '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
          },
        },
      ],
      users: [{ user: { tokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token' } }],
      'current-context': 'default',
    });
    expect(rendered().objects).toHaveLength(3);
  });

  test('what encapsulates needs a tunnel', () => {
    expect(kubeRouter.problems?.(specWith({ overlay: 'off', overlayEncap: 'fou' }))).toMatchObject([
      { option: 'overlayEncap' },
    ]);
    expect(kubeRouter.problems?.(specWith({ overlay: 'off' }))).toEqual([]);
    expect(kubeRouter.problems?.(specWith({ overlayEncap: 'fou' }))).toEqual([]);
  });

  test('refuses a manifest without its DaemonSet', async () => {
    const [configMap] = kubeRouterObjects;
    const work = () => kubeRouter.render([configMap], fakeContext(specWith(), '2.11.1'));
    expect(await bootstrapFailure(work)).toMatchObject({
      code: 'E_CNI',
      message: 'the kube-router manifest has no DaemonSet kube-router',
    });
  });

  test('waits for its DaemonSet', () => {
    expect(kubeRouter.workloads(kubeRouterObjects)).toEqual([
      { kind: 'DaemonSet', namespace: 'kube-system', name: 'kube-router' },
    ]);
  });
});

describe('what it finds amiss on a host', () => {
  const found = (facts: Partial<Facts>, options: Record<string, unknown> = {}, podCIDR?: string) =>
    kubeRouter
      .preflight(fakeFacts(0, facts), specWith(options, podCIDR))
      .map(({ id, severity, message }) => `${severity} ${id}: ${message}`);
  const rows: [string, readonly string[], readonly string[]][] = [
    [
      'IP sets',
      found({ features: { ip_set: false, xt_set: false, ip_set_hash_ip: true } }),
      ['error kernel-features: the kernel has no ip_set, xt_set: kube-router cannot start'],
    ],
    [
      'no tunnels between subnets',
      found({ features: { ipip: false, fou: false } }),
      ['warning kernel-features: the kernel has no ipip: nodes in other subnets cannot be reached'],
    ],
    [
      'no tunnels at all',
      found({ features: { ipip: false, fou: false } }, { overlay: 'full', overlayEncap: 'fou' }),
      ['error kernel-features: the kernel has no ipip, fou: nodes cannot reach each other’s pods'],
    ],
    [
      'no IPv6 tunnels',
      found({ features: { ip6_tunnel: false, ipip: false } }, {}, 'fd00::/56'),
      ['warning kernel-features: the kernel has no ip6_tunnel: nodes in other subnets cannot be reached'],
    ],
    [
      'no tunnels of either family',
      found({ features: { ip6_tunnel: false, ipip: false } }, { overlay: 'full' }, '10.42.0.0/16,fd00::/56'),
      ['error kernel-features: the kernel has no ipip, ip6_tunnel: nodes cannot reach each other’s pods'],
    ],
    ['tunnels that nobody wants', found({ features: { ipip: false } }, { overlay: 'off' }), []],
    ['IPVS that nobody wants', found({ features: { ip_vs: false } }), []],
    [
      'no IPVS',
      found({ features: { ip_vs: false } }, { kubeProxyReplacement: true }),
      ['error kernel-features: the kernel has no ip_vs: kube-router cannot do kube-proxy’s work'],
    ],
    [
      'Azure',
      found({ cloud: 'azure' }),
      [
        'warning cloud-routes: the network of Azure drops packets with pods’ addresses unless it is told otherwise, so that pods may not reach other nodes',
      ],
    ],
    [
      'Azure, IP in IP',
      found({ cloud: 'azure' }, { overlay: 'full' }),
      [
        'warning cloud-ipip: the network of Azure drops IP in IP (protocol 4), so that pods cannot reach other nodes',
      ],
    ],
    ['Azure, UDP', found({ cloud: 'azure' }, { overlay: 'full', overlayEncap: 'fou' }), []],
    ['AWS, IP in IP', found({ cloud: 'aws' }, { overlay: 'full' }), []],
    [
      'AWS without tunnels',
      found({ cloud: 'aws' }, { overlay: 'off' }),
      [
        'warning cloud-routes: the network of AWS drops packets with pods’ addresses unless it is told otherwise, so that pods may not reach other nodes',
      ],
    ],
    [
      'no tools to reset with',
      found({ tools: [] }, { kubeProxyReplacement: true }),
      [
        'info reset-tools: ipset is not installed, without which a reset leaves kube-router’s IP sets in the kernel',
        'info reset-tools: ipvsadm is not installed, without which a reset leaves virtual servers, if its pod is not running by then, in the kernel',
      ],
    ],
  ];
  test.each(['perl', 'python3'])('virtual servers can go by %s as well', (tool) => {
    expect(found({ tools: ['ipset', tool] }, { kubeProxyReplacement: true })).toEqual([]);
  });

  test.each(rows)('%s', (_name, actual, expected) => {
    expect(actual).toEqual(expected);
  });

  test('the hint for a cloud names the options that help', () => {
    const [finding] = kubeRouter.preflight(fakeFacts(0, { cloud: 'azure' }), specWith());
    expect(finding?.hint).toMatch(/^set cni.options overlay: full and overlayEncap: fou, or /);
  });
});
