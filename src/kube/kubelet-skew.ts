import { newestFirst } from '../lib/version-order.ts';

/** Minors that a kubelet may be behind the API server; kubeadm refuses older ones as well. */
const MAX_BEHIND = 3;

/**
 * What the version skew policy has against a kubelet; undefined: nothing. Versions have no `v`.
 * https://kubernetes.io/releases/version-skew-policy/#kubelet
 */
export function skewProblem(kubelet: string, controlPlane: string): string | undefined {
  if (newestFirst(kubelet, controlPlane) < 0) return `is newer than the control plane’s ${controlPlane}`;
  const [major = '', minor = ''] = controlPlane.split('.');
  const oldest = `${major}.${String(Number(minor) - MAX_BEHIND)}.0`;
  return newestFirst(oldest, kubelet) < 0
    ? `is older than ${oldest}, the oldest that may join Kubernetes ${controlPlane}`
    : undefined;
}
