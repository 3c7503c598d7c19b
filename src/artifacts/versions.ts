import { BootstrapError } from '../lib/errors.ts';
import { isRelease, minorOf, newestFirst } from '../lib/version-order.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import { kubernetesPrograms, type Arch } from './catalog.ts';
import { loadChecksums, type ChecksumTable } from './checksums.ts';

/** Newest first. Other minors are refused, whatever checksums exist for them: nothing was tried with them. */
export const supportedMinors: readonly string[] = ['1.37', '1.36', '1.35', '1.34'];

const arches: readonly Arch[] = ['amd64', 'arm64'];

export interface KnownVersions {
  /** Versions without `v`, in any order; the newest patch of a minor is decided among these. */
  readonly known: readonly string[];
  /** Those whose minors are meant by `stable`, `latest` and `N-1`. Default: the same. */
  readonly released?: readonly string[];
  /** What makes a version known, such as `checksum`, and how others come to have it: for errors. */
  readonly mark: string;
  readonly remedy: string;
}

/**
 * The exact version, without `v`, that the user's words stand for. There is no look-up in the network: `stable` and
 * `latest` are the newest release that is known, `N-1` the newest of the minor before that, `1.36` the newest patch. An
 * exact version of a supported minor is taken as it is; whether it has a checksum shows when artifacts are resolved.
 *
 * @throws BootstrapError `E_VERSION`
 */
export function resolveKubernetesVersion(wanted: string, versions: KnownVersions): string {
  const { released = versions.known, mark, remedy } = versions;
  const known = supportedOf(versions.known);
  const newest = supportedMinors.flatMap(
    (minor) => known.find((version) => minorOf(version) === minor) ?? [],
  );
  const hint = `the newest known of each: ${newest.join(', ')}`;
  const version = withoutV(wanted);
  if (isExact(version)) {
    if (!supportedMinors.includes(minorOf(version))) throw unsupported(wanted, hint);
    return version;
  }
  const minor = wantedMinor(version, supportedOf(released));
  if (minor !== undefined && !supportedMinors.includes(minor)) throw unsupported(wanted, hint);
  const found = newest.find((candidate) => minorOf(candidate) === minor);
  if (found !== undefined) return found;
  throw new BootstrapError('E_VERSION', `no ${mark} is known of any Kubernetes ${wanted}`, {
    where: 'kubernetes.version',
    hint: `${remedy}, or choose another version; ${hint}`,
  });
}

/** Versions of which all three binaries have a checksum for some architecture, newest first. */
export function knownKubernetesVersions(table: ChecksumTable): readonly string[] {
  const found = new Set<string>();
  for (const upstream of table.keys()) {
    const version = /^dl\.k8s\.io\/release\/v([^/]+)\/bin\/linux\//.exec(upstream)?.[1];
    if (version !== undefined) found.add(version);
  }
  return [...found]
    .filter((version) =>
      arches.some((arch) => kubernetesPrograms(version, arch).every((upstream) => table.has(upstream))),
    )
    .sort(newestFirst);
}

/** What the built-in table and the user's know. @throws BootstrapError `E_SPEC` for a bad checksum file. */
export function versionsOfTables(checksums: string | undefined): KnownVersions {
  return {
    known: knownKubernetesVersions(loadChecksums(checksums)),
    mark: 'checksum',
    remedy: 'bring checksums of one (artifacts.checksums), take upstream’s own (kubernetes.channel: online)',
  };
}

/**
 * The exact Kubernetes version of a cluster, by the built-in table and the user's.
 *
 * @throws BootstrapError `E_VERSION`; `E_SPEC` for a bad checksum file.
 */
export function kubernetesVersionOf({ kubernetes, artifacts }: ClusterSpec): string {
  return resolveKubernetesVersion(kubernetes.version, versionsOfTables(artifacts.checksums));
}

/** Three numbers, and a pre-release where it is one. */
export function isExact(version: string): boolean {
  return /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version);
}

export function withoutV(version: string): string {
  return version.replace(/^v(?=\d)/, '');
}

/** @param wanted in the user's words, or upstream's. */
export function unsupported(wanted: string, hint: string): BootstrapError {
  return new BootstrapError(
    'E_VERSION',
    `Kubernetes ${wanted} is not supported; ${supportedMinors.join(', ')} are`,
    { where: 'kubernetes.version', hint },
  );
}

function supportedOf(versions: readonly string[]): readonly string[] {
  return versions
    .filter((version) => isRelease(version) && supportedMinors.includes(minorOf(version)))
    .sort(newestFirst);
}

function wantedMinor(wanted: string, usable: readonly string[]): string | undefined {
  if (/^\d+\.\d+$/.test(wanted)) return wanted;
  const minors = [...new Set(usable.map(minorOf))];
  if (wanted === 'stable' || wanted === 'latest') return minors[0];
  const back = /^N-(\d)$/.exec(wanted)?.[1];
  return back === undefined ? undefined : minors[Number(back)];
}
