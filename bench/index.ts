import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { repository } from '../scripts/run.ts';
import { withBed, type State } from '../testbed/src/index.ts';

/**
 * How long a warm `up` takes beside the shortest script that an expert would write for the same hosts, in turns on
 * the same prepared hosts: runtime, programs and images are there, the cluster is not.
 */
const rounds = Number(process.env['ROUNDS'] ?? 5);
const handmadeScript = join(repository, 'bench', 'handmade.sh');
const bundle = join(repository, 'dist/cli/index.js');
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

await withBed((bed) => {
  print('preparing the hosts: a first, cold run');
  cli(bed, 'up');
  reset(bed);
  const ours: number[] = [];
  const theirs: number[] = [];
  const contestants = [
    () => theirs.push(timed(handmade, bed)),
    () =>
      ours.push(
        timed((state) => {
          cli(state, 'up');
        }, bed),
      ),
  ];
  for (let round = 1; round <= rounds; round += 1) {
    for (const run of contestants) {
      run();
      reset(bed);
    }
    // Whoever comes second finds warmer caches, so they take turns at it.
    contestants.reverse();
    const [hand, own] = [seconds(theirs.at(-1)), seconds(ours.at(-1))];
    print(`round ${String(round)}: by hand ${hand}, k8s-bootstrap ${own}`);
  }
  const ratio = median(ours) / median(theirs);
  print(
    `medians of ${String(rounds)}: by hand ${seconds(median(theirs))}, k8s-bootstrap ${seconds(median(ours))}`,
  );
  print(`ratio: ${ratio.toFixed(2)} (to be at most 1.30)`);
  if (ratio > 1.3) process.exitCode = 1;
  cli(bed, 'down');
  return Promise.resolve();
});

function cli({ files }: State, command: 'up' | 'down', ...more: string[]): void {
  const args = [bundle, command, '-f', files.cluster, '--json', ...more];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${command} failed:\n${stderr}`);
}

/** The next run finds what it would find on hosts that were prepared once. */
function reset(bed: State): void {
  cli(bed, 'down', '--keep', 'artifacts');
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

function timed(run: (bed: State) => void, bed: State): number {
  const start = performance.now();
  run(bed);
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function seconds(ms: number | undefined): string {
  return `${((ms ?? 0) / 1000).toFixed(1)} s`;
}
