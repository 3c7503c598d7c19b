import { join } from 'node:path';
import { stringify } from 'yaml';
import { downloadArtifact } from '../artifacts/download.ts';
import { resolveHelm } from '../artifacts/resolve.ts';
import { CommandError } from '../exec/command-error.ts';
import { BootstrapError } from '../lib/errors.ts';
import { sanitizeLine } from '../lib/sanitize.ts';
import type { Cluster } from './cluster.ts';

export interface Chart {
  /** Path of the chart's archive. */
  readonly archive: string;
  readonly release: string;
  readonly namespace: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The oldest minor of helm 3 that renders today's charts. */
const OLDEST_MINOR = 14;

/**
 * The chart's objects as YAML, CRDs first. Contacts no cluster.
 *
 * @throws BootstrapError `E_CNI` with helm's reason; those of a download where this machine has no helm.
 */
export async function renderChart(chart: Chart, cluster: Cluster, signal: AbortSignal): Promise<string> {
  const { kubernetesVersion: version, local } = cluster;
  const helm = await findHelm(cluster, signal);
  const argv = [helm, 'template', chart.release, chart.archive, '--namespace', chart.namespace];
  // Without it helm takes the version that it was built with for the cluster's.
  const known = version === '' ? [] : ['--kube-version', version];
  try {
    const { stdout } = await local.run(
      [...argv, ...known, '--include-crds', '--skip-tests', '--values', '-'],
      {
        // Values may hold secrets, which neither arguments nor files of this machine may.
        input: stringify(chart.values, { aliasDuplicateObjects: false }),
        maxOutputBytes: 64 * 1024 * 1024,
        signal,
      },
    );
    return stdout;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new BootstrapError(
      'E_CNI',
      `helm cannot render the chart of ${cluster.cni.title}: ${reasonIn(error.result.stderr)}`,
      { where: 'cni.options', cause: error },
    );
  }
}

/** Without helm's warnings before it, its advice after it, and line breaks. */
function reasonIn(stderr: string): string {
  const lines = stderr.split('\n').map((line) => sanitizeLine(line).trim());
  const start = lines.findIndex((line) => line.startsWith('Error: '));
  const reason = lines
    .slice(Math.max(0, start))
    .filter((line) => line !== '' && !line.startsWith('Use --debug'))
    .join(' ')
    .replace(/^Error: /, '');
  return reason.slice(0, 600) || 'it gives no reason';
}

/** helm of this machine where it is new enough, else a verified download. @returns name or path of the program. */
async function findHelm(cluster: Cluster, signal: AbortSignal): Promise<string> {
  const { spec, local, clock, remoteCache } = cluster;
  const { stdout } = await local.run(['helm', 'version', '--template', '{{.Version}}'], {
    signal,
    accept: 'any',
  });
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(stdout) ?? [];
  if (Number(major) > 3 || (Number(major) === 3 && Number(minor) >= OLDEST_MINOR)) return 'helm';
  const { cacheDir } = spec.artifacts;
  const artifact = resolveHelm(spec, process);
  const archive = await downloadArtifact(artifact, { cacheDir, signal, clock, remoteCache });
  const dir = await cluster.temporaryDir();
  await local.run(['tar', '-xzf', archive, '--no-same-owner', '-C', dir, '--strip-components=1'], { signal });
  return join(dir, 'helm');
}
