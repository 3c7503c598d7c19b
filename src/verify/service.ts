import type { Check } from './check.ts';
import { NAME, NAMESPACE } from './deployment.ts';
import { probeAll, urlOf } from './probe.ts';

/** The Service's ClusterIP works on every node. */
export const service: Check = {
  id: 'service',
  title: 'The Service answers on every node',
  expected: () => 'the ClusterIP is answered by one of the nginx pods, asked from each node',
  observe: async (context) => {
    const { kubectl, signal, pods } = context;
    const { spec } = await kubectl.get<{ spec: { clusterIP: string } }>(['-n', NAMESPACE, 'service', NAME], {
      signal,
    });
    const answeredBy = pods.map(({ name }) => name);
    return probeAll(context, () => [
      { label: `Service ${spec.clusterIP}`, url: urlOf(spec.clusterIP), answeredBy },
    ]);
  },
};
