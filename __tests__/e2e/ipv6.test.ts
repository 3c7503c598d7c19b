import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Runner } from '../../src/exec/runner.ts';
import type { Report } from '../../src/report/model.ts';
import { clusterFile, kubectl, leave } from '../helpers/e2e/bed.ts';
import { cli } from '../helpers/e2e/cli.ts';
import { verifiedReport } from '../helpers/e2e/report.ts';
import { sshSite } from '../helpers/e2e/site.ts';

jest.setTimeout(8 * 60_000);

const V4 = '10.244.0.0/16';
const V6 = 'fd00:10:244::/56';

interface Expected {
  readonly podCIDR: string;
  /** Of each node, by its number. */
  readonly internalIPs: (last: number) => readonly string[];
  readonly dns: string;
  /** What every pod's addresses are like, in their order. */
  readonly pods: readonly RegExp[];
  /** One of each of the three pods to each of the three, in each family. */
  readonly probes: number;
}

const clusters: readonly (readonly [string, Expected])[] = [
  [
    'IPv6',
    {
      podCIDR: V6,
      internalIPs: (last) => [`fd89:37::${String(last)}`],
      dns: 'fd00:10:96::a',
      pods: [/^fd00:10:244:/],
      probes: 9,
    },
  ],
  [
    'IPv4 and IPv6',
    {
      podCIDR: `${V4},${V6}`,
      internalIPs: (last) => [`10.89.37.${String(last)}`, `fd89:37::${String(last)}`],
      dns: '10.96.0.10',
      pods: [/^10\.244\./, /^fd00:10:244:/],
      probes: 18,
    },
  ],
];

const onMachinesWithIpv6 = existsSync('/proc/net/if_inet6') ? describe : describe.skip;

onMachinesWithIpv6.each(clusters)('a cluster of %s, with provider ssh', (_, expected) => {
  const site = sshSite();
  let hosts: readonly Runner[] = [];
  let report: Report;
  const file = (): string => clusterFile({ cni: { podCIDR: expected.podCIDR } });

  beforeAll(async () => {
    await site.prepare();
    hosts = await site.nodes();
    report = verifiedReport(await cli(['up', '-f', file(), '--json']));
  });

  afterAll(() => leave(hosts));

  test('comes up and is verified, with nodes and pods that have addresses of it', () => {
    expect(report.nodes.map(({ internalIPs }) => internalIPs)).toEqual(
      [11, 12, 13].map(expected.internalIPs),
    );
    for (const { ips } of report.pods)
      expect(ips).toEqual(expected.pods.map((like) => expect.stringMatching(like)));
    const answers = report.checks.find(({ id }) => id === 'nginx-answers');
    expect(answers?.probes).toHaveLength(expected.probes);
  });

  test('has Services in the range that goes with it', async () => {
    const dns = ['-n', 'kube-system', 'get', 'service', 'kube-dns', '-o', 'jsonpath={.spec.clusterIP}'];
    expect(await kubectl(hosts[0], ...dns)).toBe(expected.dns);
  });

  test('down leaves every host as it was before', async () => {
    expect(await cli(['down', '-f', file(), '--json'])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await site.changes()).toEqual([]);
  });
});
