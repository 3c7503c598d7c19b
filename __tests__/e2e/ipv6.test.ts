import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Runner } from '../../src/exec/runner.ts';
import { clusterFile, kubectl, leave } from '../helpers/e2e/bed.ts';
import { cli } from '../helpers/e2e/cli.ts';
import { verifiedReport } from '../helpers/e2e/report.ts';
import { sshSite } from '../helpers/e2e/site.ts';

jest.setTimeout(8 * 60_000);

const onMachinesWithIpv6 = existsSync('/proc/net/if_inet6') ? describe : describe.skip;

onMachinesWithIpv6('a cluster of IPv6, with provider ssh', () => {
  const site = sshSite();
  let hosts: readonly Runner[] = [];
  const file = (): string =>
    clusterFile({
      kubernetes: { serviceCIDR: 'fd00:10:96::/112' },
      cni: { podCIDR: 'fd00:10:244::/56' },
    });

  beforeAll(async () => {
    await site.prepare();
    hosts = await site.nodes();
  });

  afterAll(() => leave(hosts));

  test('comes up and is verified, with nodes and pods that have addresses of IPv6', async () => {
    verifiedReport(await cli(['up', '-f', file(), '--json']));
    const nodes = await kubectl(
      hosts[0],
      'get',
      'nodes',
      '-o',
      'jsonpath={.items[*].status.addresses[0].address}',
    );
    expect(nodes).toBe('fd89:37::11 fd89:37::12 fd89:37::13');
    const dns = ['-n', 'kube-system', 'get', 'service', 'kube-dns', '-o', 'jsonpath={.spec.clusterIP}'];
    expect(await kubectl(hosts[0], ...dns)).toBe('fd00:10:96::a');
  });

  test('down leaves every host as it was before', async () => {
    expect(await cli(['down', '-f', file(), '--json'])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await site.changes()).toEqual([]);
  });
});
