import { chmodSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Runner } from '../../src/exec/runner.ts';
import { cniOptions } from '../../testbed/src/index.ts';
import { bed, kubectl, leave, temporaryFile, testedVersions } from '../helpers/e2e/bed.ts';
import { cli, type CliResult } from '../helpers/e2e/cli.ts';
import { reportOf, verifiedReport } from '../helpers/e2e/report.ts';
import { kindSite } from '../helpers/e2e/site.ts';

jest.setTimeout(8 * 60_000);

describe('provider kind: another version, Cilium, two control planes, patches, names, labels and taints', () => {
  const site = kindSite('variants');
  let result: CliResult;
  let controlPlane: Runner | undefined;
  let program = '';
  const calls = (): string => join(dirname(program), 'calls');
  /** A PATH whose kind is the bed's, and which remembers what it was called with. */
  const kindFirst = (): string => {
    const { binary = '' } = bed().kind ?? {};
    program = temporaryFile('kind', `#!/bin/sh\necho "$*" >> "\${0%/*}/calls"\nexec ${binary} "$@"\n`);
    chmodSync(program, 0o700);
    return `${dirname(program)}:${process.env['PATH'] ?? ''}`;
  };
  const { oldest } = testedVersions();
  const file = (hostPort = 38_080): string =>
    site.clusterFile({
      kind: { portMappings: [{ hostPort, containerPort: 30_080 }] },
      kubernetes: {
        version: oldest,
        // Before 1.36, kind writes kubeadm's older format, which has maps where this has lists.
        kubeadmPatches: [
          { kind: 'KubeletConfiguration', maxPods: 77 },
          {
            kind: 'ClusterConfiguration',
            apiServer: { extraArgs: [{ name: 'event-ttl', value: '7m0s' }] },
          },
        ],
      },
      hosts: [
        { address: '192.0.2.1', role: 'control-plane' },
        { address: '192.0.2.2', role: 'control-plane' },
        {
          address: '192.0.2.3',
          name: 'blue',
          labels: { 'example.com/pool': 'blue' },
          taints: [{ key: 'example.com/slow', effect: 'PreferNoSchedule' }],
        },
      ],
      cni: { name: 'cilium', options: cniOptions.cilium },
      verify: { minNodes: 3 },
    });

  beforeAll(async () => {
    await site.prepare();
    result = await cli(['up', '-f', file(), '--json'], { env: { PATH: kindFirst() } });
    [controlPlane] = await site.nodes();
  });

  afterAll(() => leave([]));

  test('comes up and is verified on all three nodes', () => {
    const { nodes } = verifiedReport(result);
    expect(nodes.map(({ name, role, kubeletVersion, ready }) => [name, role, kubeletVersion, ready])).toEqual(
      [
        ['variants-control-plane', 'control-plane', oldest, true],
        ['variants-control-plane2', 'control-plane', oldest, true],
        ['blue', 'worker', oldest, true],
      ],
    );
  });

  test('was made by the kind on the PATH', () => {
    const [asked, ...others] = readFileSync(calls(), 'utf8').trim().split('\n');
    expect(asked).toBe('version --quiet');
    expect(others).toEqual([expect.stringMatching(/^create cluster --name variants /)]);
  });

  test('patches, label and taint are what was asked for', async () => {
    const shown = await kubectl(
      controlPlane,
      ...[
        'get',
        'node',
        'blue',
        '-o',
        'jsonpath={.status.capacity.pods} {.metadata.labels.example\\.com/pool} {.spec.taints[*].key}',
      ],
    );
    expect(shown).toBe('77 blue example.com/slow');
    const args = ['get', 'pods', '-n', 'kube-system', '-l', 'component=kube-apiserver', '-o', 'yaml'];
    expect((await kubectl(controlPlane, ...args)).match(/--event-ttl=7m0s/g)).toHaveLength(2);
  });

  test('another up changes nothing; one that asks for other ports is refused', async () => {
    const again = await cli(['up', '-f', file(), '--json']);
    expect(reportOf(again)).toMatchObject({ unchanged: true });
    const other = await cli(['up', '-f', file(38_081), '--json']);
    expect(other.exitCode).toBe(20);
    expect(other.stderr).toContain('settings-differ');
    expect(other.stderr).toContain('127.0.0.1:38080:30080/tcp; asked for: 127.0.0.1:38081:30080/tcp');
  });

  test('down leaves the engine as it was', async () => {
    expect(await cli(['down', '-f', file(), '--json'])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await site.changes()).toEqual([]);
  });
});
