import { resolveArtifacts } from '../../artifacts/resolve.ts';
import { kubernetesVersionOf } from '../../artifacts/versions.ts';
import { BootstrapError } from '../../lib/errors.ts';
import { checksNamed } from '../../verify/index.ts';
import type { Cluster } from '../cluster.ts';
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
    cluster.kubernetesVersion = kubernetesVersionOf(spec);
    // What is neither is refused by preflight.
    const arch = cluster.controlPlane.facts.arch ?? 'amd64';
    cluster.artifacts = resolveArtifacts(spec, cluster.kubernetesVersion, arch);
    await resolveCni(cluster, signal);
    return {
      changed: false,
      note: `Kubernetes ${cluster.kubernetesVersion}, ${cluster.cni.title} ${cluster.cniVersion}`.trim(),
    };
  },
};

/** The same whatever the hosts are. */
export async function resolveCni(cluster: Cluster, signal: AbortSignal): Promise<void> {
  // What only the registry knows; the cluster file's schema lets any name pass.
  checksNamed(cluster.spec.verify.checks);
  cluster.cniVersion = cniVersionOf(cluster);
  cluster.cniObjects = cluster.cni.render(await readManifests(cluster, signal), cluster.cniContext);
}

function cniVersionOf({ cni, spec }: Cluster): string {
  const [newest] = cni.versions;
  const wanted = spec.cni.version.replace(/^v/, '');
  if (newest === undefined) return wanted === 'default' ? '' : wanted;
  if (wanted === 'default') return cni.defaultVersion ?? newest;
  if (cni.versions.includes(wanted)) return wanted;
  throw new BootstrapError('E_VERSION', `${cni.title} ${wanted} is not known`, {
    where: 'cni.version',
    hint: `choose from ${cni.versions.join(', ')}, or bring a manifest (cni.name: manifest)`,
  });
}
