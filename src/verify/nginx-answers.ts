import { familyOf, rangesOf } from '../lib/ip.ts';
import type { Check } from './check.ts';
import { probeAll, urlOf } from './probe.ts';

/** The gate's second half: every pod reaches every nginx pod by its IPs, across nodes, and the right one answers. */
export const nginxAnswers: Check = {
  id: 'nginx-answers',
  title: 'nginx answers from node to node',
  expected: () => 'every nginx pod is answered by every other and by itself',
  observe: (context) => {
    // A CNI may give pods more than that, where nginx does not listen.
    const { families } = rangesOf(context.spec.cni.podCIDR);
    const targets = context.pods.flatMap(({ name, node, ips }) =>
      ips
        .filter((ip) => families.includes(familyOf(ip)))
        .map((ip) => ({
          label: families.length === 1 ? node : `${node} (IPv${String(familyOf(ip))})`,
          url: urlOf(ip),
          answeredBy: [name],
        })),
    );
    return probeAll(context, targets);
  },
};
