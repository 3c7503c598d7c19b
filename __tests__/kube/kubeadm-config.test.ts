import { describe, expect, test } from '@jest/globals';
import { initConfig } from '../../src/kube/kubeadm-config.ts';
import type { KubeadmPatch } from '../../src/spec/cluster-spec.ts';
import { fakeCluster, fakeFacts, fakeHost, type FakeSpecOptions } from '../helpers/cluster.ts';
import { parse, type Documents } from '../helpers/kubeadm-documents.ts';

const TOKEN = 'abcdef.0123456789abcdef';

function initOf(options: FakeSpecOptions = {}, certificateKey?: string): Documents {
  const { cluster, spec } = fakeCluster(options);
  const { hosts, controlPlane: host, endpoint } = cluster;
  const secrets = { token: TOKEN, ...(certificateKey === undefined ? {} : { certificateKey }) };
  return parse(initConfig({ spec, hosts, host, endpoint, kubernetesVersion: '1.36.3', ...secrets }));
}

describe('initConfig', () => {
  test('of a plain cluster, as a whole', () => {
    expect(initOf()).toEqual({
      InitConfiguration: {
        apiVersion: 'kubeadm.k8s.io/v1beta4',
        kind: 'InitConfiguration',
        bootstrapTokens: [
          {
            token: TOKEN,
            description: 'k8s-bootstrap',
            ttl: '15m0s',
            usages: ['signing', 'authentication'],
            groups: ['system:bootstrappers:kubeadm:default-node-token'],
          },
        ],
        nodeRegistration: {
          name: 'host-1',
          criSocket: 'unix:///run/containerd/containerd.sock',
          imagePullPolicy: 'IfNotPresent',
          taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
          kubeletExtraArgs: [{ name: 'node-ip', value: '10.0.0.1' }],
          ignorePreflightErrors: [],
        },
        localAPIEndpoint: { advertiseAddress: '10.0.0.1', bindPort: 6443 },
      },
      ClusterConfiguration: {
        apiVersion: 'kubeadm.k8s.io/v1beta4',
        kind: 'ClusterConfiguration',
        clusterName: 'test',
        kubernetesVersion: 'v1.36.3',
        controlPlaneEndpoint: '10.0.0.1:6443',
        networking: {
          podSubnet: '10.244.0.0/16',
          serviceSubnet: '10.96.0.0/16',
          dnsDomain: 'cluster.local',
        },
        apiServer: { certSANs: ['10.0.0.1', '127.0.0.1'] },
      },
      KubeletConfiguration: {
        apiVersion: 'kubelet.config.k8s.io/v1beta1',
        kind: 'KubeletConfiguration',
        cgroupDriver: 'systemd',
        failSwapOn: false,
      },
      KubeProxyConfiguration: {
        apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
        kind: 'KubeProxyConfiguration',
      },
    });
  });

  test('several control planes: the certificate key, and all their names in the certificate', () => {
    const { InitConfiguration, ClusterConfiguration } = initOf({ controlPlanes: 2 }, 'c'.repeat(64));
    expect(InitConfiguration).toMatchObject({ certificateKey: 'c'.repeat(64) });
    expect(ClusterConfiguration).toMatchObject({
      apiServer: { certSANs: ['10.0.0.1', '10.0.0.2', '127.0.0.1'] },
    });
  });

  test('the address of the spec, the internal one and the endpoint are names of the certificate, once each', () => {
    const { kubernetes } = fakeCluster().spec;
    const hosts = [{ ...fakeHost(0, true), address: 'cp.example.org', internalAddress: '192.168.0.1' }];
    const { ClusterConfiguration, InitConfiguration } = initOf({
      hosts: 1,
      with: { hosts, kubernetes: { ...kubernetes, controlPlaneEndpoint: 'api.example.org:443' } },
    });
    expect(ClusterConfiguration).toMatchObject({
      controlPlaneEndpoint: 'api.example.org:443',
      apiServer: { certSANs: ['cp.example.org', '192.168.0.1', 'api.example.org', '127.0.0.1'] },
    });
    expect(InitConfiguration).toMatchObject({
      localAPIEndpoint: { advertiseAddress: '192.168.0.1' },
      nodeRegistration: { kubeletExtraArgs: [{ name: 'node-ip', value: '192.168.0.1' }] },
    });
  });

  test('with dual stack the kubelet gets an address of each family, and the certificate has both', () => {
    const { cni } = fakeCluster().spec;
    const podCIDR = '10.244.0.0/16,fd00:10::/56';
    const hosts = [{ ...fakeHost(0, true), internalAddress: '10.0.0.1,fd89::1' }];
    const { ClusterConfiguration, InitConfiguration } = initOf({ with: { hosts, cni: { ...cni, podCIDR } } });
    expect(ClusterConfiguration).toMatchObject({
      networking: { podSubnet: podCIDR },
      apiServer: { certSANs: ['10.0.0.1', 'fd89::1', '127.0.0.1'] },
    });
    expect(InitConfiguration).toMatchObject({
      localAPIEndpoint: { advertiseAddress: '10.0.0.1' },
      nodeRegistration: { kubeletExtraArgs: [{ name: 'node-ip', value: '10.0.0.1,fd89::1' }] },
    });
  });

  test.each([
    ['10.0.0.9', '10.0.0.9:7443', '10.0.0.9'],
    ['10.0.0.9:443', '10.0.0.9:443', '10.0.0.9'],
    ['fd00::9', '[fd00::9]:7443', 'fd00::9'],
    ['[fd00::9]', '[fd00::9]:7443', 'fd00::9'],
    ['[fd00::9]:443', '[fd00::9]:443', 'fd00::9'],
  ])('endpoint %s at API port 7443', (controlPlaneEndpoint, endpoint, name) => {
    const { kubernetes } = fakeCluster().spec;
    const changed = { ...kubernetes, apiServerPort: 7443, controlPlaneEndpoint };
    const { InitConfiguration, ClusterConfiguration } = initOf({ with: { kubernetes: changed } });
    expect(ClusterConfiguration).toMatchObject({ controlPlaneEndpoint: endpoint });
    expect(ClusterConfiguration?.['apiServer']).toEqual({ certSANs: ['10.0.0.1', name, '127.0.0.1'] });
    expect(InitConfiguration).toMatchObject({ localAPIEndpoint: { bindPort: 7443 } });
  });

  test('cgroup v1: told to kubelet and kubeadm', () => {
    const { cluster, spec } = fakeCluster();
    const { controlPlane: host, hosts, endpoint } = cluster;
    host.learn(fakeFacts(0, { cgroup: 'v1' }));
    const text = initConfig({ spec, hosts, host, endpoint, kubernetesVersion: '1.36.3', token: TOKEN });
    expect(parse(text)).toMatchObject({
      InitConfiguration: { nodeRegistration: { ignorePreflightErrors: ['SystemVerification'] } },
      KubeletConfiguration: { failCgroupV1: false, cgroupDriver: 'cgroupfs' },
    });
  });

  test('user patches come last, of the right kind only, and may delete', () => {
    const { kubernetes } = fakeCluster().spec;
    const kubeadmPatches: KubeadmPatch[] = [
      { kind: 'ClusterConfiguration', clusterName: 'mine', networking: { dnsDomain: null } },
      { kind: 'ClusterConfiguration', clusterName: 'mine too' },
      { kind: 'KubeletConfiguration', maxPods: 7 },
      { kind: 'JoinConfiguration', nodeRegistration: { name: 'never here' } },
    ];
    const documents = initOf({ with: { kubernetes: { ...kubernetes, kubeadmPatches } } });
    expect(documents).toMatchObject({
      ClusterConfiguration: { clusterName: 'mine too', kubernetesVersion: 'v1.36.3' },
      KubeletConfiguration: { maxPods: 7, cgroupDriver: 'systemd' },
    });
    expect(documents['ClusterConfiguration']?.['networking']).not.toHaveProperty('dnsDomain');
    expect(JSON.stringify(documents)).not.toContain('never here');
  });
});
