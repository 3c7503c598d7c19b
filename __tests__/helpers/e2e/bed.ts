import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { connectSsh } from '../../../src/exec/ssh/connect.ts';
import type { Runner } from '../../../src/exec/runner.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { mergePatch } from '../../../src/lib/merge-patch.ts';
import { state, type State } from '../../../testbed/src/index.ts';

/** The running test bed. */
export function bed(): State {
  const found = state();
  if (found === undefined) throw new Error('these tests need the test bed: testbed/testbed up');
  return found;
}

/** The Kubernetes versions that the bed was started with: that of its cluster file, and the oldest one. */
export function testedVersions(): { readonly version: string; readonly oldest: string } {
  const { kubernetes } = bed();
  return { version: kubernetes[0] ?? '', oldest: kubernetes.at(-1) ?? '' };
}

/** A cluster file for the bed's hosts, its own with a merge patch over it. */
export function clusterFile(patch: object = {}): string {
  const own: unknown = parse(readFileSync(bed().files.cluster, 'utf8'));
  return temporaryFile('cluster.yaml', stringify(mergePatch(own, patch)));
}

const temporary: string[] = [];

export function temporaryFile(name: string, content: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'k8s-bootstrap-e2e-'));
  temporary.push(dir);
  writeFileSync(join(dir, name), content, { mode: 0o600 });
  return join(dir, name);
}

/** Ends what tests of a file opened on the hosts and here. */
export async function leave(hosts: readonly Runner[]): Promise<void> {
  await Promise.all(hosts.map((host) => host.close()));
  for (const dir of temporary.splice(0)) rmSync(dir, { recursive: true, force: true });
}

/** What a stranger with root on the hosts could read of a run long after it: state, logs of its units, journal. */
export async function traces(hosts: readonly Runner[]): Promise<string> {
  const script =
    'cat /var/lib/k8s-bootstrap/*.json /run/k8s-bootstrap/*.log; journalctl --no-pager -o cat -b';
  const read = await Promise.all(
    hosts.map((host) => host.run(['sh', '-c', script], { maxOutputBytes: 64 * 2 ** 20 })),
  );
  return read.map(({ stdout }) => stdout).join('\n');
}

/** A root shell on every host, on connections of the tests' own. */
export function rootOnAll(): Promise<readonly Runner[]> {
  return Promise.all(bed().hosts.map(({ address }) => rootOn(address)));
}

function rootOn(address: string): Promise<Runner> {
  const { files } = bed();
  return connectSsh(
    {
      address,
      port: 22,
      user: 'root',
      privateKey: readFileSync(files.key, 'utf8'),
      knownHosts: readFileSync(files.knownHosts, 'utf8'),
      hostKeyChecking: 'strict',
    },
    { timeoutMs: 60_000, clock: systemClock },
  );
}

/** kubectl on the first host. */
export async function kubectl(runner: Runner | undefined, ...args: string[]): Promise<string> {
  if (runner === undefined) throw new Error('no host to run kubectl on');
  const argv = [
    'kubectl',
    '--kubeconfig=/etc/kubernetes/admin.conf',
    '--cache-dir=/tmp/kubectl-of-tests',
    ...args,
  ];
  return (await runner.run(argv)).stdout;
}
