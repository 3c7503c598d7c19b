import type { ClusterSpec } from '../cluster-spec.ts';
import type { Problem } from '../problem.ts';

/**
 * kind's node images hold kubelet and kubeadm of one version, and kubeadm may only join nodes to a cluster that the same
 * version of it made: https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/create-cluster-kubeadm/#version-skew-policy
 */
export function checkKubelets({ provider, hosts }: ClusterSpec): readonly Problem[] {
  if (provider !== 'kind') return [];
  return hosts.flatMap(({ kubeletVersion }, index) =>
    kubeletVersion === undefined
      ? []
      : [
          {
            path: ['hosts', index, 'kubeletVersion'],
            what: 'is not possible with provider kind, whose nodes have kubelet and kubeadm of one image',
            fix: 'remove it, or use provider ssh',
          },
        ],
  );
}
