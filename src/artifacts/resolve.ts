import { BootstrapError } from '../lib/errors.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import type { Artifact } from './artifact.ts';
import {
  components,
  defaultKind,
  helmComponent,
  kindComponent,
  type Arch,
  type Component,
  type ComponentName,
} from './catalog.ts';
import { loadChecksums, type ChecksumTable } from './checksums.ts';
import { knownKubernetesVersions } from './versions.ts';

/** What every host gets. */
export type KubernetesArtifacts = Readonly<Record<ComponentName, Artifact>>;

/** A manifest to fetch. */
export interface ManifestWanted {
  /** Name of the artifact, such as `flannel-manifest`. */
  readonly name: string;
  readonly version: string;
  /** URL without scheme. */
  readonly upstream: string;
  /** Hex; takes precedence over the tables. */
  readonly sha256?: string | undefined;
}

const HINT = 'bring its sha256 in a file of sha256sum’s format and name that file in artifacts.checksums';

/**
 * All artifacts of a cluster for one architecture. Contacts nobody.
 *
 * @param kubernetesVersion exact, without `v`.
 * @param table default: the built-in one and the user's.
 * @throws BootstrapError `E_CHECKSUM` naming every artifact without a known checksum; `E_SPEC` for a bad checksum file.
 */
export function resolveArtifacts(
  spec: ClusterSpec,
  kubernetesVersion: string,
  arch: Arch,
  table?: ChecksumTable,
): KubernetesArtifacts {
  const { containerd, runc, cniPlugins } = spec.artifacts.versions;
  const wanted = { arch, table };
  return withChecksums(spec, wanted, (artifact) => ({
    kubeadm: artifact(components.kubeadm, kubernetesVersion),
    kubelet: artifact(components.kubelet, kubernetesVersion),
    kubectl: artifact(components.kubectl, kubernetesVersion),
    containerd: artifact(components.containerd, containerd),
    runc: artifact(components.runc, runc),
    cniPlugins: artifact(components.cniPlugins, cniPlugins),
  }));
}

/**
 * The kubelets of hosts that have one of another version than the cluster's, by version. Contacts nobody.
 *
 * @throws as `resolveArtifacts`
 */
export function resolveKubelets(
  spec: ClusterSpec,
  versions: readonly string[],
  arch: Arch,
  table?: ChecksumTable,
): ReadonlyMap<string, Artifact> {
  return withChecksums(
    spec,
    { arch, table },
    (artifact) => new Map(versions.map((version) => [version, artifact(components.kubelet, version)])),
  );
}

/** What kind's nodes lack, and kind itself; each only where it is wanted. */
export type KindArtifacts = Readonly<Record<'kind' | 'cniPlugins', Artifact | undefined>>;

/**
 * What a kind cluster needs and this machine and its images lack. Contacts nobody.
 *
 * @throws as `resolveArtifacts`
 */
export function resolveKindArtifacts(
  spec: ClusterSpec,
  wanted: { readonly arch: Arch; readonly kind: boolean; readonly cniPlugins: boolean },
): KindArtifacts {
  const { kind = defaultKind, cniPlugins } = spec.artifacts.versions;
  return withChecksums(spec, { arch: wanted.arch }, (artifact) => ({
    kind: wanted.kind ? artifact(kindComponent, kind) : undefined,
    cniPlugins: wanted.cniPlugins ? artifact(components.cniPlugins, cniPlugins) : undefined,
  }));
}

/**
 * helm, for this machine. Contacts nobody.
 *
 * @param machine as Node.js tells it of itself.
 * @throws as `resolveArtifacts`
 */
export function resolveHelm(
  spec: ClusterSpec,
  machine: { readonly platform: string; readonly arch: string },
): Artifact {
  const arch = ({ x64: 'amd64', arm64: 'arm64' } as const)[machine.arch];
  if (machine.platform !== 'linux' || arch === undefined) {
    throw new BootstrapError(
      'E_DOWNLOAD',
      `there is no download of helm for ${machine.platform}-${machine.arch}`,
      {
        hint: 'install helm 3.14 or newer on this machine',
      },
    );
  }
  const { helm } = withChecksums(spec, { arch }, (artifact) => ({
    helm: artifact(helmComponent, spec.artifacts.versions.helm),
  }));
  return helm;
}

function withChecksums<T>(
  spec: ClusterSpec,
  {
    arch,
    table = loadChecksums(spec.artifacts.checksums),
  }: { arch: Arch; table?: ChecksumTable | undefined },
  resolve: (artifact: (component: Component, version: string) => Artifact) => T,
): T {
  const missing: string[] = [];
  const resolved = resolve(({ name, upstream: locate }, version) => {
    const upstream = locate(version, arch);
    const sha256 = table.get(upstream);
    if (sha256 === undefined) missing.push(`${name} ${version} (${upstream})`);
    return { name, version, arch, upstream, url: urlOf(spec, upstream), sha256: sha256 ?? '' };
  });
  if (missing.length > 0) {
    const known = knownKubernetesVersions(table).slice(0, 5).join(', ');
    const online = missing.some((name) => name.includes('(dl.k8s.io/'))
      ? ', take upstream’s own (kubernetes.channel: online)'
      : '';
    throw new BootstrapError('E_CHECKSUM', `no checksum is known of ${missing.join(', ')}`, {
      hint: `${HINT}${online}, or choose known versions (newest Kubernetes: ${known})`,
    });
  }
  return resolved;
}

/**
 * The artifact of a manifest. A URL that the user gave for it is fetched as it is, upstream's through the mirror.
 *
 * @throws BootstrapError `E_CHECKSUM` when its checksum is not known; `E_SPEC` for a bad checksum file.
 */
export function resolveManifest(wanted: ManifestWanted, spec: ClusterSpec): Artifact {
  const { name, version, upstream } = wanted;
  const sha256 = wanted.sha256 ?? loadChecksums(spec.artifacts.checksums).get(upstream);
  if (sha256 === undefined) {
    throw new BootstrapError('E_CHECKSUM', `no checksum is known of ${name} ${version} (${upstream})`, {
      hint: HINT,
    });
  }
  const given = spec.cni.manifest;
  const own = given === `http://${upstream}` || given === `https://${upstream}` ? given : undefined;
  return { name, version, upstream, url: own ?? urlOf(spec, upstream), sha256: sha256.toLowerCase() };
}

/** Where the mirror has it, if there is one, else upstream. @param upstream URL without scheme. */
export function urlOf(spec: ClusterSpec, upstream: string): string {
  const { mirror } = spec.artifacts;
  return mirror === undefined ? `https://${upstream}` : `${mirror.replace(/\/+$/, '')}/${upstream}`;
}
