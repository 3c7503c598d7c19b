import { inKubeSystem, type Kubectl } from '../../kube/kubectl.ts';
import type { ClusterStep } from '../step.ts';

/**
 * Replaces CoreDNS's pods that came to a node before its network did: some CNIs let a node become Ready first, and a
 * kubelet that failed to make a pod's sandbox tries again only 10 to 15 s later. Nobody's pods are in such a cluster yet.
 */
export const clusterDns: ClusterStep = {
  id: 'cluster-dns',
  title: 'Start cluster DNS',
  scope: 'cluster',
  needs: ['ready'],
  run: async ({ fresh, kubectl }, { signal }) => {
    if (!fresh) return { changed: false };
    const late = await stuckPods(kubectl, signal);
    if (late.length === 0) return { changed: false };
    // They would come up by themselves, so that nothing fails here.
    await kubectl.run([...inKubeSystem, 'delete', 'pod', '--ignore-not-found', '--wait=false', ...late], {
      signal,
      accept: 'any',
    });
    return { changed: true, note: `pods that had come before the network: ${String(late.length)}` };
  },
};

async function stuckPods(kubectl: Kubectl, signal: AbortSignal): Promise<readonly string[]> {
  const pods = ['pods', '-l', 'k8s-app=kube-dns', '--field-selector=status.phase=Pending'];
  const failures = ['events', '--field-selector=reason=FailedCreatePodSandBox'];
  const [pending, failed] = await Promise.all([
    names(kubectl, pods, '.metadata.name', signal),
    names(kubectl, failures, '.involvedObject.name', signal),
  ]);
  return pending.filter((name) => /^coredns-[a-z0-9-]+$/.test(name) && failed.includes(name));
}

/** None where the API server does not answer. */
async function names(
  kubectl: Kubectl,
  query: readonly string[],
  path: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const each = `jsonpath={range .items[*]}{${path}}{"\\n"}{end}`;
  const options = { signal, accept: 'any' } as const;
  const { exitCode, stdout } = await kubectl.run([...inKubeSystem, 'get', ...query, '-o', each], options);
  return exitCode === 0 ? stdout.split('\n') : [];
}
