import { chooseMinor } from '../../artifacts/channel.ts';
import { kindNodeImage } from '../../artifacts/kind-nodes.ts';
import { resolveKindArtifacts } from '../../artifacts/resolve.ts';
import { kindOnPath } from '../../providers/kind/binary.ts';
import type { Arch } from '../../artifacts/catalog.ts';
import { BootstrapError } from '../../lib/errors.ts';
import type { ClusterStep } from '../step.ts';
import { resolveCni } from '../steps/resolve.ts';

const arches: Readonly<Record<string, Arch>> = {
  x86_64: 'amd64',
  amd64: 'amd64',
  aarch64: 'arm64',
  arm64: 'arm64',
};

/** Makes exact what the spec leaves open: node image, kind itself, CNI plugins, the CNI's objects. */
export const resolve: ClusterStep = {
  id: 'resolve',
  title: 'Resolve versions',
  scope: 'cluster',
  needs: ['docker'],
  run: async (cluster, { signal }) => {
    const { spec, kind } = cluster;
    const arch = arches[kind.info.Architecture];
    if (arch === undefined || kind.info.OSType !== 'linux') {
      throw new BootstrapError(
        'E_PREFLIGHT',
        `Docker runs ${kind.info.OSType} on ${kind.info.Architecture}`,
        {
          hint: 'provider kind needs an engine that runs Linux on amd64 or arm64',
        },
      );
    }
    const asked = await chooseMinor(spec, { clock: cluster.clock, signal });
    const { image, kubernetesVersion } = kindNodeImage(asked);
    kind.nodeImage = image;
    // What the image's tag does not tell, the nodes do that were made of it.
    const { state } = cluster.controlPlane;
    cluster.kubernetesVersion =
      kubernetesVersion ?? (kind.found === 'whole' ? state?.kubernetesVersion : '') ?? '';
    const onPath = await kindOnPath(cluster.local, { wanted: spec.artifacts.versions.kind, signal });
    kind.artifacts = resolveKindArtifacts(spec, {
      arch,
      kind: onPath === undefined,
      cniPlugins: cluster.cni.plugins?.length !== 0,
    });
    await resolveCni(cluster, signal);
    const { name, version } = kind.artifacts.kind ?? { name: 'kind', version: onPath ?? '' };
    return {
      changed: false,
      note: `${image.replace(/@.*$/, '')}, ${name} ${version}, ${cluster.cni.title} ${cluster.cniVersion}`.trim(),
    };
  },
};
