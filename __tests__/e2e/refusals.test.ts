import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Runner } from '../../src/exec/runner.ts';
import { bed, clusterFile, leave, temporaryFile } from '../helpers/e2e/bed.ts';
import { cli } from '../helpers/e2e/cli.ts';
import { sshSite } from '../helpers/e2e/site.ts';

jest.setTimeout(3 * 60_000);

interface Refusal {
  readonly what: string;
  readonly patch: () => object;
  readonly code: string;
  /** All of these are told: what is wrong, where, how to mend it. */
  readonly says: readonly RegExp[];
}

const knownHosts = (): string => readFileSync(bed().files.knownHosts, 'utf8');

const refusals: readonly Refusal[] = [
  {
    what: 'a host whose key has changed',
    patch: () => {
      const key = /^10\.89\.37\.12 (ssh-ed25519 \S+)/m.exec(knownHosts())?.[1] ?? '';
      return {
        ssh: {
          knownHosts: temporaryFile(
            'known_hosts',
            bed()
              .hosts.map(({ address }) => `${address} ${key}\n`)
              .join(''),
          ),
        },
      };
    },
    code: 'E_HOSTKEY',
    says: [/10\.89\.37\.11/, /SHA256:/, /fix:/],
  },
  {
    what: 'a host that nobody knows',
    patch: () => ({
      ssh: { knownHosts: temporaryFile('known_hosts', knownHosts().replace(/^10\.89\.37\.13 .*$/gm, '')) },
    }),
    code: 'E_HOST_UNKNOWN',
    says: [/10\.89\.37\.13/, /SHA256:/, /fix:/],
  },
  {
    what: 'a key that the hosts do not accept',
    patch: () => {
      const keyFile = temporaryFile('unused', '').replace(/unused$/, 'id');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', keyFile]);
      return { ssh: { keyFile } };
    },
    code: 'E_AUTH',
    says: [/10\.89\.37\.1[123]/, /ops/, /fix:/],
  },
  {
    what: 'a user without sudo',
    patch: () => ({ ssh: { user: 'plain' } }),
    code: 'E_SUDO',
    says: [/10\.89\.37\.1[123]/, /plain/, /fix:/],
  },
  {
    what: 'a wrong CIDR',
    patch: () => ({ cni: { podCIDR: '10.244.0.0/99' } }),
    code: 'E_SPEC',
    says: [/podCIDR/, /10\.244\.0\.0\/99/],
  },
  {
    what: 'CIDRs that overlap each other',
    patch: () => ({ cni: { podCIDR: '10.96.0.0/12' } }),
    code: 'E_SPEC',
    says: [/podCIDR/, /serviceCIDR/, /10\.96\.0\.0\/12/],
  },
  {
    what: 'a CIDR that overlaps the hosts’ network',
    patch: () => ({ cni: { podCIDR: '10.89.0.0/16' } }),
    code: 'E_SPEC',
    says: [/10\.89\.0\.0\/16/, /10\.89\.37\.11/],
  },
  {
    what: 'a version that is not supported',
    patch: () => ({ kubernetes: { version: '1.20.0' } }),
    code: 'E_VERSION',
    says: [/1\.20\.0/, /1\.36/],
  },
  {
    what: 'a mirror that cannot be reached',
    // Nothing may come from an earlier run's cache.
    patch: () => ({
      artifacts: { mirror: 'http://10.89.37.250', cacheDir: dirname(temporaryFile('unused', '')) },
    }),
    code: 'E_DOWNLOAD',
    says: [/10\.89\.37\.250/, /fix:/],
  },
  {
    what: 'a registry mirror that cannot be reached',
    patch: () => ({ registryMirrors: { 'docker.io': 'http://10.89.37.250:5000' } }),
    code: 'E_PREFLIGHT',
    says: [/10\.89\.37\.250:5000/, /mirror-unreachable/],
  },
  {
    what: 'a download that is not what its checksum says',
    patch: () => {
      const wrong = readFileSync(bed().files.checksums, 'utf8').replace(
        /^[0-9a-f]{64}(?= .*\/kubelet$)/gm,
        '0'.repeat(64),
      );
      return { artifacts: { checksums: temporaryFile('checksums.txt', wrong) } };
    },
    code: 'E_CHECKSUM',
    says: [/kubelet/, /0{64}/],
  },
];

describe('what cannot go well is refused before any host is changed', () => {
  const site = sshSite();
  let hosts: readonly Runner[] = [];

  beforeAll(async () => {
    await site.prepare();
    hosts = await site.nodes();
  });

  afterAll(() => leave(hosts));

  test.each(refusals)('$what: $code', async ({ patch, code, says }) => {
    const { exitCode, stderr } = await cli(['up', '-f', clusterFile(patch()), '--json']);
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(new RegExp(`^error ${code}\\b`, 'm'));
    for (const sign of says) expect(stderr).toMatch(sign);
    expect(await site.changes()).toEqual([]);
  });

  test('hosts behind a bastion are reached through it, and its key is checked as well', async () => {
    const behind = {
      hosts: bed()
        .hosts.slice(0, 2)
        .map(({ address }, index) => ({ address, role: index === 0 ? 'control-plane' : 'worker' })),
    };
    const bastion = { address: '10.89.37.13', user: 'plain' };
    const plan = await cli(['plan', '-f', clusterFile({ ...behind, ssh: { bastion } }), '--json']);
    expect(plan).toMatchObject({ exitCode: 0, stderr: '' });
    const wrong = { ...bastion, hostKey: `SHA256:${'A'.repeat(43)}` };
    const refused = await cli(['plan', '-f', clusterFile({ ...behind, ssh: { bastion: wrong } }), '--json']);
    expect(refused.stderr).toMatch(/E_HOSTKEY/);
  });

  test('every finding of every host is in one report', async () => {
    for (const host of hosts.slice(1))
      await host.run(['sh', '-c', 'mkdir -p /etc/cni/net.d && echo {} > /etc/cni/net.d/10-old.conf']);
    const { exitCode, stderr } = await cli(['up', '-f', clusterFile()]);
    for (const host of hosts.slice(1)) await host.run(['rm', '-r', '/etc/cni']);
    expect(exitCode).toBe(20);
    for (const address of ['10.89.37.12', '10.89.37.13']) {
      expect(stderr).toMatch(new RegExp(`${address.replaceAll('.', '\\.')}.*\\(leftovers\\)`));
      expect(stderr).toMatch(new RegExp(`${address.replaceAll('.', '\\.')}.*\\(cni-config\\)`));
    }
  });

  test('a port between hosts that a firewall closes is found before anything is changed', async () => {
    const [, host] = hosts;
    const chain = 'chain input {\ntype filter hook input priority 0\nudp dport 8472 drop\n}';
    await host?.run(['nft', '-f', '-'], { input: `table inet closed {\n${chain}\n}\n` });
    const up = await cli(['up', '-f', clusterFile({ cni: { name: 'flannel' } })]);
    const plan = await cli(['plan', '-f', clusterFile({ cni: { name: 'flannel' } })]);
    await host?.run(['nft', 'delete', 'table', 'inet', 'closed']);
    for (const { exitCode, stderr } of [up, plan]) {
      expect(exitCode).toBe(20);
      for (const address of ['10.89.37.11', '10.89.37.13']) {
        const blocked = `${address}: cannot reach 10.89.37.12 at UDP 8472 (VXLAN) (port-blocked)`;
        expect(stderr).toContain(blocked);
      }
    }
    expect(await site.changes()).toEqual([]);
  });

  test('somebody else’s cluster is not touched, by up or by down', async () => {
    const [host] = hosts;
    await host?.run(['sh', '-c', 'mkdir -p /etc/kubernetes && touch /etc/kubernetes/kubelet.conf']);
    const up = await cli(['up', '-f', clusterFile()]);
    const down = await cli(['down', '-f', clusterFile()]);
    const left = await host?.run(['ls', '/etc/kubernetes']);
    await host?.run(['rm', '-r', '/etc/kubernetes']);
    expect(up.stderr).toContain('foreign-cluster');
    expect(down).toMatchObject({ exitCode: 21 });
    expect(left?.stdout).toBe('kubelet.conf\n');
  });
});
