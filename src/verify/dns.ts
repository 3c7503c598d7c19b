import { inKubeSystem } from '../kube/kubectl.ts';
import type { Check } from './check.ts';
import { NAME, NAMESPACE } from './deployment.ts';
import { probeAll } from './probe.ts';

/** Cluster DNS resolves the Service's name on every node. */
export const dns: Check = {
  id: 'dns',
  title: 'Cluster DNS answers on every node',
  expected: () => 'the Service is reached by name from each node',
  observe: async (context) => {
    const { kubectl, signal, pods, spec, secondsLeft } = context;
    const wait = [
      ...inKubeSystem,
      'rollout',
      'status',
      'deployment/coredns',
      `--timeout=${String(secondsLeft())}s`,
    ];
    const rollout = await kubectl.run(wait, {
      signal,
      timeoutMs: (secondsLeft() + 20) * 1000,
      accept: 'any',
    });
    if (rollout.exitCode !== 0) {
      return {
        status: 'fail',
        observed: 'CoreDNS is not ready',
        hint: 'see kubectl -n kube-system logs deployment/coredns',
      };
    }
    const name = `${NAME}.${NAMESPACE}.svc.${spec.kubernetes.dnsDomain}`;
    const answeredBy = pods.map((pod) => pod.name);
    return probeAll(context, [{ label: name, url: `http://${name}/`, answeredBy }]);
  },
};
