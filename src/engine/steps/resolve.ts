import { components, kubernetesPrograms } from '../../artifacts/catalog.ts';
import { chooseVersion, gatherChecksums } from '../../artifacts/channel.ts';
import { resolveArtifacts, resolveKubelets } from '../../artifacts/resolve.ts';
import { defaultVersionOf } from '../../cni/default-version.ts';
import { BootstrapError } from '../../lib/errors.ts';
import { checksNamed } from '../../verify/index.ts';
import type { Cluster } from '../cluster.ts';
import { kubeletProblem, ownKubelet } from '../kubelets.ts';
import { readManifests } from '../manifest.ts';
import type { ClusterStep } from '../step.ts';

/** Makes exact what the spec leaves open: versions, artifacts with their checksums, the CNI's objects. */
export const resolve: ClusterStep = {
  id: 'resolve',
  title: 'Resolve versions',
  scope: 'cluster',
  needs: ['facts'],
  run: async (cluster, { signal }) => {
    const { spec } = cluster;
    cluster.kubernetesVersion = await chooseVersion(spec, { clock: cluster.clock, signal });
    await resolvePrograms(cluster, signal);
    await resolveCni(cluster, signal);
    return {
      changed: false,
      note: `Kubernetes ${cluster.kubernetesVersion}, ${cluster.cni.title} ${cluster.cniVersion}`.trim(),
    };
  },
};

async function resolvePrograms(cluster: Cluster, signal: AbortSignal): Promise<void> {
  const { spec, clock, kubernetesVersion, hosts } = cluster;
  // What is neither is refused by preflight.
  const arch = cluster.controlPlane.facts.arch ?? 'amd64';
  // Likewise what is not possible, whether there is a checksum of it or not.
  const possible = hosts.filter((host) => kubeletProblem(host, kubernetesVersion) === undefined);
  const kubelets = [...new Set(possible.flatMap((host) => ownKubelet(host, kubernetesVersion) ?? []))];
  const programs = [
    ...kubernetesPrograms(kubernetesVersion, arch),
    ...kubelets.map((version) => components.kubelet.upstream(version, arch)),
  ];
  const table = await gatherChecksums(spec, programs, { clock, signal });
  cluster.artifacts = resolveArtifacts(spec, kubernetesVersion, arch, table);
  cluster.kubelets = resolveKubelets(spec, kubelets, arch, table);
}

/** The same whatever the hosts are. */
export async function resolveCni(cluster: Cluster, signal: AbortSignal): Promise<void> {
  // What only the registry knows; the cluster file's schema lets any name pass.
  checksNamed(cluster.spec.verify.checks);
  cluster.cniVersion = cniVersionOf(cluster);
  cluster.cniObjects = cluster.cni.render(await readManifests(cluster, signal), cluster.cniContext);
}

function cniVersionOf({ cni, spec }: Cluster): string {
  const wanted = spec.cni.version.replace(/^v/, '');
  if (wanted === 'default') return defaultVersionOf(cni);
  if (cni.versions.length === 0 || cni.versions.includes(wanted)) return wanted;
  throw new BootstrapError('E_VERSION', `${cni.title} ${wanted} is not known`, {
    where: 'cni.version',
    hint: `choose from ${cni.versions.join(', ')}, or bring a manifest (cni.name: manifest)`,
  });
}
