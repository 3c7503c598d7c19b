import { BootstrapError } from '../lib/errors.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import { components, type Arch } from './catalog.ts';
import { loadChecksums, type ChecksumTable } from './checksums.ts';
import { isRelease, minorOf, newestFirst } from './version-order.ts';

/** Newest first. Other minors are refused, whatever checksums exist for them: nothing was tried with them. */
export const supportedMinors: readonly string[] = ['1.36', '1.35', '1.34'];

const arches: readonly Arch[] = ['amd64', 'arm64'];

export interface KnownVersions {
  /** Versions without `v`, in any order; what is `stable` or the newest patch of a minor is decided among these. */
  readonly known: readonly string[];
}

/**
 * The exact version, without `v`, that the user's words stand for. There is no look-up in the network: `stable` and
 * `latest` are the newest release of the tables, `N-1` the newest of the minor before that, `1.36` the newest patch. An
 * exact version of a supported minor is taken as it is; whether it has a checksum shows when artifacts are resolved.
 *
 * @throws BootstrapError `E_VERSION`
 */
export function resolveKubernetesVersion(wanted: string, { known }: KnownVersions): string {
  const usable = known
    .filter((version) => isRelease(version) && supportedMinors.includes(minorOf(version)))
    .sort(newestFirst);
  const version = wanted.replace(/^v(?=\d)/, '');
  if (/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version)) {
    if (!supportedMinors.includes(minorOf(version))) throw unsupported(wanted, usable);
    return version;
  }
  const minor = wantedMinor(version, usable);
  const newest = usable.find((candidate) => minorOf(candidate) === minor);
  if (newest === undefined) throw unsupported(wanted, usable);
  return newest;
}

/** Versions of which all three binaries have a checksum for some architecture, newest first. */
export function knownKubernetesVersions(table: ChecksumTable): readonly string[] {
  const found = new Set<string>();
  for (const upstream of table.keys()) {
    const version = /^dl\.k8s\.io\/release\/v([^/]+)\/bin\/linux\//.exec(upstream)?.[1];
    if (version !== undefined) found.add(version);
  }
  const { kubeadm, kubelet, kubectl } = components;
  return [...found]
    .filter((version) =>
      arches.some((arch) =>
        [kubeadm, kubelet, kubectl].every((one) => table.has(one.upstream(version, arch))),
      ),
    )
    .sort(newestFirst);
}

/**
 * The exact Kubernetes version of a cluster, by the built-in table and the user's.
 *
 * @throws BootstrapError `E_VERSION`; `E_SPEC` for a bad checksum file.
 */
export function kubernetesVersionOf(spec: ClusterSpec): string {
  const known = knownKubernetesVersions(loadChecksums(spec.artifacts.checksums));
  return resolveKubernetesVersion(spec.kubernetes.version, { known });
}

function wantedMinor(wanted: string, usable: readonly string[]): string | undefined {
  if (/^\d+\.\d+$/.test(wanted)) return wanted;
  const minors = [...new Set(usable.map(minorOf))];
  if (wanted === 'stable' || wanted === 'latest') return minors[0];
  const back = /^N-(\d)$/.exec(wanted)?.[1];
  return back === undefined ? undefined : minors[Number(back)];
}

function unsupported(wanted: string, usable: readonly string[]): BootstrapError {
  const newest = supportedMinors.flatMap(
    (minor) => usable.find((version) => minorOf(version) === minor) ?? [],
  );
  return new BootstrapError(
    'E_VERSION',
    `Kubernetes ${wanted} is not supported; ${supportedMinors.join(', ')} are`,
    {
      where: 'kubernetes.version',
      hint: `the newest known of each: ${newest.join(', ')}`,
    },
  );
}
