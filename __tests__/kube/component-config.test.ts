import { describe, expect, test } from '@jest/globals';
import {
  cgroupDriver,
  kubeletConfiguration,
  kubeProxyConfiguration,
  needsResolvConf,
  resolvConf,
} from '../../src/kube/component-config.ts';
import type { Facts } from '../../src/host/facts.ts';
import { fakeCluster, fakeFacts } from '../helpers/cluster.ts';

/** Two hosts, the second with facts of its own. */
function hostsWith(facts: Partial<Facts>) {
  const { hosts } = fakeCluster({ hosts: 2 }).cluster;
  const [, second] = hosts;
  if (second === undefined) throw new TypeError('two hosts');
  second.learn(fakeFacts(1, facts));
  return { hosts, second };
}

describe('what one host asks for holds for the whole cluster', () => {
  const rows: [string, Partial<Facts>, Record<string, unknown>][] = [
    ['nothing special', {}, { cgroupDriver: 'systemd' }],
    ['cgroup v1', { cgroup: 'v1' }, { cgroupDriver: 'systemd', failCgroupV1: false }],
    [
      'a loopback resolver',
      { loopbackResolver: true },
      { cgroupDriver: 'systemd', resolvConf: '/etc/kubernetes/resolv.conf' },
    ],
  ];
  test.each(rows)('kubelet: %s', (_name, facts, settings) => {
    expect(kubeletConfiguration(hostsWith(facts).hosts)).toEqual({
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      // Whatever the hosts of today have: others may join later.
      failSwapOn: false,
      ...settings,
    });
  });

  test.each(['read-only', 'absent'] as const)(
    'kube-proxy leaves a conntrack that is %s alone',
    (conntrack) => {
      expect(kubeProxyConfiguration(hostsWith({ conntrack }).hosts)).toMatchObject({
        conntrack: { maxPerCore: 0, min: 0 },
      });
    },
  );

  test('kube-proxy sets a writable conntrack as it likes', () => {
    expect(kubeProxyConfiguration(hostsWith({}).hosts)).not.toHaveProperty('conntrack');
  });
});

test('each host has the cgroup driver of its own cgroup version', () => {
  const { hosts, second } = hostsWith({ cgroup: 'v1' });
  expect([hosts[0], second].map((host) => host && cgroupDriver(host))).toEqual(['systemd', 'cgroupfs']);
});

describe('the resolver file for pods', () => {
  test('is needed as soon as one host has a loopback resolver', () => {
    expect(needsResolvConf(hostsWith({}).hosts)).toBe(false);
    expect(needsResolvConf(hostsWith({ loopbackResolver: true }).hosts)).toBe(true);
  });

  const rows: [string, Partial<Facts>, unknown][] = [
    ['names other servers', { nameservers: ['9.9.9.9', '::2'] }, 'nameserver 9.9.9.9\nnameserver ::2\n'],
    ['is never empty', { nameservers: [] }, expect.stringMatching(/^nameserver 10\.0\.0\.2\n$/m)],
  ];
  test.each(rows)('%s', (_name, facts, expected) => {
    expect(resolvConf(hostsWith(facts).second)).toEqual(expected);
  });
});
