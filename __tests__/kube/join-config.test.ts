import { describe, expect, test } from '@jest/globals';
import { joinConfig, tokenConfig } from '../../src/kube/kubeadm-config.ts';
import type { KubeadmPatch } from '../../src/spec/cluster-spec.ts';
import { fakeCluster, fakeHost, type FakeSpecOptions } from '../helpers/cluster.ts';
import { parse, type Documents } from '../helpers/kubeadm-documents.ts';

const TOKEN = 'abcdef.0123456789abcdef';
const HASH = `sha256:${'a'.repeat(64)}`;

function joinOf(index: number, options: FakeSpecOptions = {}, certificateKey?: string): Documents {
  const { cluster, spec } = fakeCluster(options);
  const { hosts, endpoint } = cluster;
  const [host = cluster.controlPlane] = hosts.slice(index);
  return parse(joinConfig({ spec, host, endpoint, token: TOKEN, caHash: HASH, certificateKey }));
}

describe('joinConfig', () => {
  test('of a worker, as a whole: the CA is pinned', () => {
    const taint = { key: 'k', value: 'v', effect: 'NoExecute' } as const;
    const hosts = [fakeHost(0, true), { ...fakeHost(1, false), name: 'worker', taints: [taint] }];
    expect(joinOf(1, { hosts: 2, with: { hosts } }, 'c'.repeat(64))).toEqual({
      JoinConfiguration: {
        apiVersion: 'kubeadm.k8s.io/v1beta4',
        kind: 'JoinConfiguration',
        discovery: {
          bootstrapToken: { token: TOKEN, apiServerEndpoint: '10.0.0.1:6443', caCertHashes: [HASH] },
        },
        nodeRegistration: {
          name: 'worker',
          criSocket: 'unix:///run/containerd/containerd.sock',
          imagePullPolicy: 'IfNotPresent',
          taints: [taint],
          kubeletExtraArgs: [{ name: 'node-ip', value: '10.0.0.2' }],
          ignorePreflightErrors: [],
        },
      },
    });
  });

  test('of a control plane: its own endpoint and the certificate key, its taint before the user’s', () => {
    const taint = { key: 'k', effect: 'NoSchedule' } as const;
    const hosts = [fakeHost(0, true), { ...fakeHost(1, true), taints: [taint] }];
    const { JoinConfiguration } = joinOf(1, { hosts: 2, with: { hosts } }, 'c'.repeat(64));
    expect(JoinConfiguration).toMatchObject({
      controlPlane: {
        localAPIEndpoint: { advertiseAddress: '10.0.0.2', bindPort: 6443 },
        certificateKey: 'c'.repeat(64),
      },
      nodeRegistration: {
        taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }, taint],
      },
    });
  });

  test('is patched as well', () => {
    const { kubernetes } = fakeCluster().spec;
    const kubeadmPatches: KubeadmPatch[] = [
      { kind: 'JoinConfiguration', nodeRegistration: { taints: [] } },
      { kind: 'InitConfiguration', nodeRegistration: { taints: ['never here'] } },
    ];
    const { JoinConfiguration } = joinOf(1, { with: { kubernetes: { ...kubernetes, kubeadmPatches } } });
    expect(JoinConfiguration).toMatchObject({ nodeRegistration: { name: 'host-2', taints: [] } });
  });
});

test('tokenConfig holds the token and its life', () => {
  expect(parse(tokenConfig(TOKEN))).toEqual({
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
    },
  });
});
