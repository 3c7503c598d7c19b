import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { down, freshHosts, state, up, type State } from '../testbed/src/index.ts';

/**
 * How long a warm `up` takes beside the shortest script that an expert would write for the same hosts, in turns on
 * the same prepared hosts: runtime, programs and images are there, the cluster is not.
 */
const rounds = Number(process.env['ROUNDS'] ?? 3);
const repository = join(import.meta.dirname, '..');
const handmadeScript = join(repository, 'bench', 'handmade.sh');
const bundle = join(repository, 'dist/cli/index.js');
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const wasUp = state() !== undefined;
const bed = await up();
await freshHosts();
print('preparing the hosts: a first, cold run');
cli('up');
reset();
const ours: number[] = [];
const theirs: number[] = [];
for (let round = 1; round <= rounds; round += 1) {
  theirs.push(
    timed(() => {
      handmade(bed);
    }),
  );
  reset();
  ours.push(
    timed(() => {
      cli('up');
    }),
  );
  reset();
  print(`round ${String(round)}: by hand ${seconds(theirs.at(-1))}, k8s-bootstrap ${seconds(ours.at(-1))}`);
}
const ratio = median(ours) / median(theirs);
print(
  `medians of ${String(rounds)}: by hand ${seconds(median(theirs))}, k8s-bootstrap ${seconds(median(ours))}`,
);
print(`ratio: ${ratio.toFixed(2)} (to be at most 1.30)`);
cli('down');
if (!wasUp) await down();
if (ratio > 1.3) process.exitCode = 1;

function cli(command: 'up' | 'down', ...more: string[]): void {
  const args = [bundle, command, '-f', bed.files.cluster, '--json', ...more];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${command} failed:\n${stderr}`);
}

/** The next run finds what it would find on hosts that were prepared once. */
function reset(): void {
  cli('down', '--keep', 'artifacts');
}

function handmade({ hosts, files, images, kubernetes, versions }: State): void {
  const manifest = `testbed/manifests/flannel/v${versions.flannel}/kube-flannel.yml`;
  const { ssh } = parse(readFileSync(files.cluster, 'utf8')) as { ssh: { user: string } };
  const args = [files.key, files.knownHosts, ssh.user, kubernetes[0] ?? '', manifest, images.nginx];
  const { status, stderr } = spawnSync(handmadeScript, [...args, ...hosts.map(({ address }) => address)], {
    cwd: repository,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the script failed:\n${stderr}`);
}

function timed(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function seconds(ms: number | undefined): string {
  return `${((ms ?? 0) / 1000).toFixed(1)} s`;
}
