import { BootstrapError } from '../lib/errors.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import { kindNodes } from './data/kind-nodes.ts';
import { minorOf } from '../lib/version-order.ts';
import {
  resolveKubernetesVersion,
  supportedMinors,
  versionsOfTables,
  type KnownVersions,
} from './versions.ts';

export interface KindNodeImage {
  readonly image: string;
  /** Without `v`; undefined for an image of the user's whose tag does not say it. */
  readonly kubernetesVersion: string | undefined;
}

/**
 * The image of the nodes: the user's, or the published one of the Kubernetes version, pinned by digest. An exact version
 * that is not in the table becomes the image's usual name without one, for an engine that has it already. `stable` and
 * its like mean the minor that they mean with every provider.
 *
 * @throws BootstrapError `E_VERSION`; `E_SPEC` for a bad checksum file.
 */
export function kindNodeImage({ kind, kubernetes, artifacts }: ClusterSpec): KindNodeImage {
  if (kind.nodeImage !== undefined) {
    // A tag of another form may say anything; then the image itself is asked.
    const tagged = /:v?(\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\.\d+)?)(?:@|$)/.exec(kind.nodeImage)?.[1];
    refuseOther(kubernetes.version, tagged);
    return { image: kind.nodeImage, kubernetesVersion: tagged };
  }
  const kubernetesVersion = resolveKubernetesVersion(
    kubernetes.version,
    versionsOfImages(artifacts.checksums),
  );
  const image = kindNodes[kubernetesVersion] ?? `kindest/node:v${kubernetesVersion}`;
  return { image, kubernetesVersion };
}

/** Versions with a published image. @throws BootstrapError `E_SPEC` for a bad checksum file. */
export function versionsOfImages(checksums: string | undefined): KnownVersions {
  return {
    known: Object.keys(kindNodes),
    released: versionsOfTables(checksums).known,
    mark: 'published node image',
    remedy: 'name an image of the nodes (kind.nodeImage)',
  };
}

/** Whether it is one that may be pulled: what has no digest is not. */
export function isPinned(image: string): boolean {
  return image.includes('@sha256:');
}

/** Versions with a published image that can be asked for, newest first. */
export function knownKindVersions(): readonly string[] {
  return Object.keys(kindNodes).filter((version) => supportedMinors.includes(minorOf(version)));
}

function refuseOther(wanted: string, tagged: string | undefined): void {
  const version = wanted.replace(/^v/, '');
  if (tagged === undefined || !/^\d/.test(version)) return;
  if (tagged === version || tagged.startsWith(`${version}.`)) return;
  throw new BootstrapError('E_VERSION', `the node image is of Kubernetes ${tagged}, not ${wanted}`, {
    where: 'kind.nodeImage',
    hint: 'give the version that the image has, or none',
  });
}
