import { resolveArtifacts } from '../../artifacts/resolve.ts';
import { kubernetesVersionOf } from '../../artifacts/versions.ts';
import { BootstrapError } from '../../lib/errors.ts';
import { checksNamed } from '../../verify/index.ts';
import type { Cluster } from '../cluster.ts';
import { readManifest } from '../manifest.ts';
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
  refuseUnknownNames(cluster);
  cluster.cniVersion = cniVersionOf(cluster);
  const manifest = await readManifest(cluster, signal);
  cluster.cniObjects = cluster.cni.render(manifest, cluster.spec);
}

function cniVersionOf({ cni, spec }: Cluster): string {
  const [newest] = cni.versions;
  const wanted = spec.cni.version.replace(/^v/, '');
  if (newest === undefined) return wanted === 'default' ? '' : wanted;
  if (wanted === 'default') return newest;
  if (cni.versions.includes(wanted)) return wanted;
  throw new BootstrapError('E_VERSION', `${cni.title} ${wanted} is not known`, {
    where: 'cni.version',
    hint: `choose from ${cni.versions.join(', ')}, or bring a manifest (cni.name: manifest)`,
  });
}

/** What only the registries know; the cluster file's schema lets any name pass. */
function refuseUnknownNames({ cni, spec }: Cluster): void {
  checksNamed(spec.verify.checks);
  const unknown = Object.keys(spec.cni.options).find((name) => !cni.options.includes(name));
  if (unknown === undefined) return;
  throw new BootstrapError('E_SPEC', `${cni.title} has no option ${JSON.stringify(unknown)}`, {
    where: `cni.options.${unknown}`,
    hint: cni.options.length > 0 ? `choose from ${cni.options.join(', ')}` : 'it has no options here',
  });
}
