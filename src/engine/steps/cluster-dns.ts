import type { Kubectl } from '../../kube/kubectl.ts';
import type { ClusterStep } from '../step.ts';

const inKubeSystem = ['-n', 'kube-system'];
const eachName = (path: string): string => `jsonpath={range .items[*]}{${path}}{"\\n"}{end}`;

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
  const namesIn = async (query: readonly string[], path: string): Promise<readonly string[]> => {
    const get = [...inKubeSystem, 'get', ...query, '-o', eachName(path)];
    const { exitCode, stdout } = await kubectl.run(get, { signal, accept: 'any' });
    return exitCode === 0 ? stdout.split('\n') : [];
  };
  const [pending, failed] = await Promise.all([
    namesIn(['pods', '-l', 'k8s-app=kube-dns', '--field-selector=status.phase=Pending'], '.metadata.name'),
    namesIn(['events', '--field-selector=reason=FailedCreatePodSandBox'], '.involvedObject.name'),
  ]);
  return pending.filter((name) => /^coredns-[a-z0-9-]+$/.test(name) && failed.includes(name));
}
