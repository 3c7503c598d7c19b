import type { Artifact } from '../../artifacts/artifact.ts';
import { probeSource } from '../../artifacts/download.ts';
import type { Host } from '../../host/host.ts';
import { toBootstrapError } from '../../lib/errors.ts';
import { sanitizeLine } from '../../lib/sanitize.ts';
import type { Finding } from '../../report/model.ts';
import type { Cluster } from '../cluster.ts';
import { missingArtifacts } from '../steps/fetch.ts';
import { found, nothing } from './check.ts';

/** Whether artifacts and registry mirrors can be reached from where they are needed; settles push or pull. */
export async function sourceFindings(cluster: Cluster, signal: AbortSignal): Promise<readonly Finding[]> {
  const perHost = await Promise.all(cluster.hosts.map((host) => mirrorFindings(cluster, host, signal)));
  return [...perHost.flat(), ...(await artifactFindings(cluster, signal))];
}

async function artifactFindings(cluster: Cluster, signal: AbortSignal): Promise<readonly Finding[]> {
  const wanting = cluster.hosts.flatMap((host) =>
    oneOfEachOrigin(missingArtifacts(cluster, host)).map((artifact) => ({ host, artifact })),
  );
  const [first] = wanting;
  const { distribution } = cluster.spec.artifacts;
  if (first === undefined) return nothing;
  if (distribution !== 'push') {
    const answers = await Promise.all(
      wanting.map(async ({ host, artifact }) => ({
        host,
        artifact,
        error: (await reach(host, [artifact.url], signal))[0],
      })),
    );
    const cut = answers.filter(({ error }) => error !== undefined);
    cluster.distribution = 'pull';
    if (cut.length === 0) return nothing;
    if (distribution === 'pull') {
      const hint =
        'name a mirror that the hosts reach (artifacts.mirror), or set artifacts.distribution: push';
      return cut.flatMap(({ host, artifact, error }) =>
        found(host, 'source-unreachable', `cannot reach ${artifact.url}: ${error ?? ''}`, { hint }),
      );
    }
  }
  cluster.distribution = 'push';
  try {
    await probeSource(first.artifact, { signal });
    return nothing;
  } catch (thrown) {
    const { message, hint } = toBootstrapError(thrown);
    return [
      {
        id: 'source-unreachable',
        severity: 'error',
        message: `neither the hosts nor this machine can fetch artifacts: ${message}`,
        hint: hint ?? 'name a mirror that can be reached (artifacts.mirror)',
      },
    ];
  }
}

/** Hosts may reach one origin and not another. */
function oneOfEachOrigin(artifacts: readonly Artifact[]): readonly Artifact[] {
  return [...new Map(artifacts.map((artifact) => [new URL(artifact.url).origin, artifact])).values()];
}

async function mirrorFindings(
  cluster: Cluster,
  host: Host,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const mirrors = Object.entries(cluster.spec.registryMirrors);
  if (mirrors.length === 0) return nothing;
  // Any HTTP answer will do, so ask for the API's base; a host that has its images already can do without.
  const urls = [...new Set(mirrors.map(([, url]) => `${new URL(url).origin}/v2/`))];
  const errors = await reach(host, urls, signal, 'any status');
  const severity = host.state === undefined ? 'error' : 'warning';
  return urls.flatMap((url, index) => {
    const error = errors[index];
    return error === undefined
      ? nothing
      : found(host, 'mirror-unreachable', `cannot reach the registry mirror ${url}: ${error}`, {
          severity,
          hint: 'see that the mirror is up and the address right (registryMirrors)',
        });
  });
}

const reachScript = `
fail=$1; shift
for url in "$@"; do
  if command -v curl >/dev/null; then error=$(curl -sS $fail -I -o /dev/null --connect-timeout 10 --max-time 20 "$url" 2>&1)
  elif [ -n "$fail" ]; then error=$(wget -q --spider --tries=1 --timeout=15 "$url" 2>&1)
  else error=$(wget -q --spider --tries=1 --timeout=15 "$url" 2>&1) || [ $? = 8 ]; fi && echo ok || echo "failed $error" | tr '\\n' ' '
  echo
done
`;

/** For each URL undefined, or what was in the way. Answers other than success count as reached with `any status`. */
async function reach(
  host: Host,
  urls: readonly string[],
  signal: AbortSignal,
  accept?: 'any status',
): Promise<readonly (string | undefined)[]> {
  const { stdout } = await host.sh(reachScript, [accept === undefined ? '-fL' : '', ...urls], {
    signal,
    timeoutMs: 30_000 * urls.length,
  });
  const lines = stdout.split('\n').filter(Boolean);
  return urls.map((_url, index) => {
    const line = lines[index] ?? 'failed no answer';
    return line === 'ok' ? undefined : sanitizeLine(line.replace(/^failed /, '')).trim();
  });
}
