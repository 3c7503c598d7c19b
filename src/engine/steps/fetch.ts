import { downloadArtifact } from '../../artifacts/download.ts';
import type { Artifact } from '../../artifacts/artifact.ts';
import { checksumError } from '../../artifacts/checksum-error.ts';
import { BootstrapError } from '../../lib/errors.ts';
import { sanitizeText } from '../../lib/sanitize.ts';
import type { Host } from '../../host/host.ts';
import { paths } from '../../host/paths.ts';
import type { Cluster } from '../cluster.ts';
import { artifactsOf } from '../kubelets.ts';
import type { HostStep, StepTools } from '../step.ts';

/** Brings every missing artifact to the host and verifies it there. Nothing is installed before all hosts have all. */
export const fetch: HostStep = {
  id: 'fetch',
  title: 'Fetch artifacts',
  scope: 'hosts',
  needs: ['preflight'],
  run: async (cluster, host, tools) => {
    const missing = missingArtifacts(cluster, host);
    if (missing.length === 0) return { changed: false, note: 'all installed already' };
    cluster.beginChange();
    const deliver = cluster.distribution === 'pull' ? pull : push;
    await Promise.all(missing.map((artifact) => deliver(cluster, host, artifact, tools)));
    return { changed: true, note: `${cluster.distribution}: ${missing.map(({ name }) => name).join(', ')}` };
  },
  describe: (cluster, host) =>
    missingArtifacts(cluster, host).map(
      (artifact) => `${cluster.distribution} ${artifact.url} (sha256 ${artifact.sha256.slice(0, 12)}…)`,
    ),
};

/** What the host does not have at the wanted checksum. */
export function missingArtifacts(cluster: Cluster, host: Host): readonly Artifact[] {
  return artifactsOf(cluster, host).filter(
    (artifact) => host.facts.installed[artifact.name] !== artifact.sha256,
  );
}

export function stagedPath(artifact: Artifact): string {
  return `${paths.staging}/${artifact.sha256}`;
}

/** Exit codes of the script below that tell what went wrong. */
const DOWNLOAD_FAILED = 41;
const CHECKSUM_DIFFERS = 42;

const pullScript = `
url=$1 sum=$2 to=$3
mkdir -p -m 0700 "$(dirname "$to")"
tmp="$to.part"
if command -v curl >/dev/null; then
  curl -fsSL --proto '=http,https' --connect-timeout 15 --retry 3 --retry-connrefused --speed-limit 1024 --speed-time 60 -o "$tmp" "$url" || { rm -f "$tmp"; exit ${String(DOWNLOAD_FAILED)}; }
else
  wget -q --tries=3 --timeout=60 -O "$tmp" "$url" || { rm -f "$tmp"; exit ${String(DOWNLOAD_FAILED)}; }
fi
actual=$(sha256sum "$tmp" | cut -d ' ' -f 1)
if [ "$actual" != "$sum" ]; then rm -f "$tmp"; echo "$actual"; exit ${String(CHECKSUM_DIFFERS)}; fi
mv -f "$tmp" "$to"
`;

async function pull(_cluster: Cluster, host: Host, artifact: Artifact, { signal }: StepTools): Promise<void> {
  const result = await host.sh(pullScript, [artifact.url, artifact.sha256, stagedPath(artifact)], {
    signal,
    timeoutMs: 10 * 60_000,
    accept: [0, DOWNLOAD_FAILED, CHECKSUM_DIFFERS],
  });
  if (result.exitCode === DOWNLOAD_FAILED) {
    throw new BootstrapError(
      'E_DOWNLOAD',
      `cannot fetch ${artifact.url}: ${sanitizeText(result.stderr).trim()}`,
      {
        hint: 'see that the host reaches it, name a mirror (artifacts.mirror), or set artifacts.distribution: push',
      },
    );
  }
  if (result.exitCode === CHECKSUM_DIFFERS) throw checksumError(artifact, result.stdout);
}

async function push(cluster: Cluster, host: Host, artifact: Artifact, { signal }: StepTools): Promise<void> {
  const { clock, remoteCache } = cluster;
  const { cacheDir } = cluster.spec.artifacts;
  const path = await downloadArtifact(artifact, { cacheDir, signal, clock, remoteCache });
  const to = stagedPath(artifact);
  await host.runner.upload({ path }, to, { sudo: true, mode: 0o600, signal, timeoutMs: 10 * 60_000 });
  const { stdout } = await host.root(['sha256sum', to], { signal });
  if (!stdout.startsWith(artifact.sha256)) throw checksumError(artifact, stdout);
}
