import { kubeletProblem } from '../kubelets.ts';
import { found, nothing, type HostCheck } from './check.ts';

/** A kubelet that the control plane does not support, or kubeadm does not join. */
const skew: HostCheck = (host, { kubernetesVersion }) => {
  const problem = kubeletProblem(host, kubernetesVersion);
  return problem === undefined
    ? nothing
    : found(host, 'kubelet-version', `hosts[].kubeletVersion ${host.spec.kubeletVersion ?? ''} ${problem}`, {
        hint: host.isControlPlane
          ? 'leave it to workers'
          : 'give one that is not newer than the cluster and at most three minors older, or none',
      });
};

export const kubeletChecks: readonly HostCheck[] = [skew];
