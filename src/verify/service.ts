import type { Check } from './check.ts';
import { NAME, NAMESPACE } from './deployment.ts';
import { probeAll, urlOf } from './probe.ts';

interface ServiceObject {
  readonly spec: { readonly clusterIPs: readonly string[] };
}

/** The Service's ClusterIPs work on every node. */
export const service: Check = {
  id: 'service',
  title: 'The Service answers on every node',
  expected: () => 'the ClusterIP is answered by one of the nginx pods, asked from each node',
  observe: async (context) => {
    const { kubectl, signal, pods } = context;
    const { spec } = await kubectl.get<ServiceObject>(['-n', NAMESPACE, 'service', NAME], { signal });
    const answeredBy = pods.map(({ name }) => name);
    return probeAll(
      context,
      spec.clusterIPs.map((ip) => ({ label: `Service ${ip}`, url: urlOf(ip), answeredBy })),
    );
  },
};
