import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import type { Runner } from '../../src/exec/runner.ts';
import { bed, clusterFile, temporaryFile } from '../helpers/e2e/bed.ts';
import { cli } from '../helpers/e2e/cli.ts';
import { action } from '../helpers/e2e/action.ts';
import { describeMainJob } from '../helpers/e2e/main-job.ts';
import { silenceOthers } from '../helpers/e2e/silence.ts';
import { sshSite } from '../helpers/e2e/site.ts';
import { changesSince, snapshots } from '../helpers/e2e/snapshot.ts';

jest.setTimeout(8 * 60_000);

/** The quick start of the README: everything by inputs, but the one thing that has none. */
function quickStart(): Record<string, string> {
  const { files, hosts, images, kubernetes, mirror, registry, versions } = bed();
  const { containerd } = versions;
  const registries = ['registry.k8s.io', 'docker.io', 'ghcr.io'];
  return {
    config: temporaryFile('versions.yaml', `artifacts: {versions: {containerd: ${containerd}}}\n`),
    hosts: hosts.map(({ address }) => address).join('\n'),
    'ssh-user': 'root',
    'ssh-key': readFileSync(files.key, 'utf8'),
    'ssh-known-hosts': readFileSync(files.knownHosts, 'utf8'),
    'kubernetes-version': kubernetes[0] ?? '',
    cni: 'flannel',
    mirror,
    checksums: files.checksums,
    'registry-mirrors': registries.map((name) => `${name}=http://${registry}/v2/${name}`).join('\n'),
    'nginx-image': images.nginx,
    'client-image': images.client,
  };
}

/** How often kubeadm was started on a host since it booted. */
async function starts(host: Runner, verb: 'init' | 'join'): Promise<number> {
  const unit = `k8s-bootstrap-${verb}`;
  const { stdout } = await host.run(['journalctl', '-u', unit, '-o', 'cat', '--no-pager']);
  return [...stdout.matchAll(new RegExp(`^Starting ${unit}`, 'gm'))].length;
}

const site = sshSite();

describeMainJob(site, {
  meanwhile: () => {
    test('no configuration with the join token is left on a host', async () => {
      for (const host of await site.nodes()) {
        const { stdout } = await host.run(['sh', '-c', 'ls /run/k8s-bootstrap']);
        expect(stdout).not.toContain('.yaml');
      }
    });

    test('a second run restarts and writes nothing', async () => {
      const hosts = await site.nodes();
      const installed = await snapshots(hosts);
      expect((await action({ config: clusterFile() })).outputs['unchanged']).toBe('true');
      const parts = ['etc', 'programs', 'unit-files', 'services', 'started', 'rules', 'sysctls'];
      expect(await changesSince(installed, hosts, parts)).toEqual([]);
    });
  },
  // As root and by inputs alone it is the same cluster.
  lastInputs: quickStart,
  afterwards: () => {
    test('a broken Flannel fails the job before its deadline, with its own words', async () => {
      const broken = readFileSync('testbed/manifests/flannel/v0.28.9/kube-flannel.yml', 'utf8').replace(
        '10.244.0.0/16',
        '10.99.0.0/16',
      );
      const cni = { name: 'manifest', manifest: temporaryFile('broken.yml', broken) };
      const preflight = { ignore: ['manifest-pod-cidr'] };
      const result = await cli(['up', '-f', clusterFile({ cni, preflight, timeouts: { readySec: 45 } })]);
      expect(result.stderr).toMatch(/E_CNI/);
      expect(result.stderr).toMatch(/kube-flannel-ds-\w+ on host-\d: kube-flannel .*10\.99\.0\.0\/16/);
      expect(result.exitCode).toBe(43);
    });

    test('after a reset that keeps artifacts, a run whose connections are cut or go silent during kubeadm succeeds', async () => {
      const other = clusterFile({ cni: { name: 'manifest', manifest: '/etc/hostname' } });
      expect((await cli(['down', '-f', other, '--keep', 'artifacts'])).exitCode).toBe(0);
      const [first, second] = await site.nodes();
      if (first === undefined || second === undefined) throw new TypeError('three hosts');
      let cut: Promise<unknown> | undefined;
      let silenced: Promise<() => Promise<unknown>> | undefined;
      const manifest = resolve('testbed/manifests/flannel/v0.28.9/kube-flannel.yml');
      const file = clusterFile({ cni: { name: 'manifest', manifest } });
      const result = await cli(['up', '-f', file, '--json'], {
        onLine: (line) => {
          if (!line.includes('"step-log"')) return;
          if (line.includes('"init@') && line.includes('[control-plane]'))
            cut ??= first.run(['pkill', '-f', '^sshd: ops']);
          if (line.includes(`"join@${second.target}`)) silenced ??= silenceOthers(second);
        },
      });
      await cut;
      await (
        await silenced
      )?.();
      expect(result.stderr).toBe('');
      expect(result.exitCode).toBe(0);
      const lost = result.stdout.split('\n').filter((line) => line.includes('connection lost; reconnecting'));
      expect(lost.some((line) => line.includes('"init@'))).toBe(true);
      expect(lost.some((line) => line.includes(`"join@${second.target}`))).toBe(true);
      expect([await starts(first, 'init'), await starts(second, 'join')]).toEqual([3, 3]);
    });

    test('down leaves every host as it was before, whatever was tried in between', async () => {
      const result = await cli(['down', '-f', clusterFile(), '--json']);
      expect(result).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await site.changes()).toEqual([]);
    });
  },
});
