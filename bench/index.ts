import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { mergePatch } from '../src/lib/merge-patch.ts';
import { repository } from '../scripts/run.ts';
import { withBed, type State } from '../testbed/src/index.ts';
import { hold } from './contest.ts';
import { startIsQuick } from './start.ts';

/** usage: bench/index.ts [ssh] [kind]   ROUNDS: how often each, by default 5 times */
const rounds = Number(process.env['ROUNDS'] ?? 5);
const chosen = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), 'k8s-bootstrap-bench-'));
const manifestOf = ({ versions }: State): string =>
  join(repository, 'testbed/manifests/flannel', `v${versions.flannel}`, 'kube-flannel.yml');

if (!(await startIsQuick(2 * rounds + 1))) process.exitCode = 1;

await withBed(
  async (bed) => {
    if (bed.engine.host !== undefined) process.env['DOCKER_HOST'] = bed.engine.host;
    const contests = { ssh: onHosts, kind: await inDocker(bed) };
    const results = Object.entries(contests)
      .filter(([name]) => chosen.length === 0 || chosen.includes(name))
      .map(([, contest]) => contest(bed));
    if (results.includes(false)) process.exitCode = 1;
  },
  { kind: true },
);
rmSync(scratch, { recursive: true });

/**
 * A warm `up` beside the shortest script that an expert would write for the same hosts: runtime, programs and images
 * are there, the cluster is not.
 */
function onHosts(bed: State): boolean {
  const { files, hosts, images, kubernetes } = bed;
  const { ssh } = parse(readFileSync(files.cluster, 'utf8')) as { ssh: { user: string } };
  const addresses = hosts.map(({ address }) => address);
  const script = [files.key, files.knownHosts, ssh.user, kubernetes[0] ?? '', manifestOf(bed), images.nginx];
  // The first, cold run prepares the hosts.
  cli('up', files.cluster);
  cli('down', files.cluster, '--keep', 'artifacts');
  const kept = hold(
    {
      title: 'provider ssh: three prepared hosts',
      against: 'by hand',
      limit: 1.3,
      theirs: () => {
        run(join(repository, 'bench/handmade.sh'), [...script, ...addresses]);
      },
      ours: () => {
        cli('up', files.cluster);
      },
      reset: () => {
        cli('down', files.cluster, '--keep', 'artifacts');
      },
    },
    rounds,
  );
  cli('down', files.cluster);
  return kept;
}

/** A cluster that is verified beside `kind create cluster`, the same CNI applied, and a wait. */
async function inDocker(bed: State): Promise<(bed: State) => boolean> {
  const { kind, files, kubernetes, mirror, registry, versions } = bed;
  if (kind === undefined) throw new Error('the test bed was not asked for kind');
  const own: unknown = parse(readFileSync(files.cluster, 'utf8'));
  const file = join(scratch, 'cluster.yaml');
  writeFileSync(file, stringify(mergePatch(own, { provider: 'kind', name: 'bench', hosts: null })));
  const plugins = join(scratch, 'cni-plugins.tgz');
  const upstream = `github.com/containernetworking/plugins/releases/download/v${versions.cniPlugins}/cni-plugins-linux-amd64-v${versions.cniPlugins}.tgz`;
  writeFileSync(plugins, Buffer.from(await (await fetch(`${mirror}/${upstream}`)).arrayBuffer()));
  const script = [
    kind.binary,
    kind.nodeImages[kubernetes[0] ?? ''] ?? '',
    'by-hand',
    manifestOf(bed),
    plugins,
    `http://${registry}`,
  ];
  return () =>
    hold(
      {
        title: 'provider kind: one control plane, two workers',
        against: 'kind create, apply, wait',
        limit: 1.15,
        theirs: () => {
          run(join(repository, 'bench/kind.sh'), script);
        },
        ours: () => {
          cli('up', file);
        },
        reset: () => {
          run(kind.binary, ['delete', 'cluster', '--name', 'by-hand']);
          cli('down', file);
        },
      },
      rounds,
    );
}

function cli(command: 'up' | 'down', file: string, ...more: string[]): void {
  run(process.execPath, [join(repository, 'dist/cli/index.js'), command, '-f', file, '--json', ...more]);
}

function run(program: string, args: readonly string[]): void {
  const options = { cwd: scratch, encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
  const { status, stderr } = spawnSync(program, args, options);
  if (status !== 0) throw new Error(`${program} ${args.join(' ').slice(0, 80)} failed:\n${stderr}`);
}
