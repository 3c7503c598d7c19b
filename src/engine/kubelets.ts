import type { Artifact } from '../artifacts/artifact.ts';
import type { Host } from '../host/host.ts';
import { skewProblem } from '../kube/kubelet-skew.ts';
import type { Cluster } from './cluster.ts';

/** The version of a host's kubelet where it is not the cluster's. kubeadm is of the cluster's version on every host. */
export function ownKubelet({ spec }: Host, kubernetesVersion: string): string | undefined {
  return spec.kubeletVersion === kubernetesVersion ? undefined : spec.kubeletVersion;
}

/** Why a host cannot have the kubelet that was asked for; undefined where it can. */
export function kubeletProblem(host: Host, kubernetesVersion: string): string | undefined {
  const version = ownKubelet(host, kubernetesVersion);
  if (version === undefined) return undefined;
  if (host.isControlPlane) return `is not ${kubernetesVersion}, as on every control plane`;
  return skewProblem(version, kubernetesVersion);
}

/** What the host is to have installed: the cluster's artifacts, with its own kubelet in place of theirs. */
export function artifactsOf(
  { artifacts, kubelets, kubernetesVersion }: Cluster,
  host: Host,
): readonly Artifact[] {
  if (artifacts === undefined) return [];
  const own = kubelets.get(ownKubelet(host, kubernetesVersion) ?? '');
  return Object.values(own === undefined ? artifacts : { ...artifacts, kubelet: own });
}
