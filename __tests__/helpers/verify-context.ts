import type { PodPlacement } from '../../src/report/model.ts';
import type { ClusterSpec } from '../../src/spec/cluster-spec.ts';
import type { VerifyContext } from '../../src/verify/check.ts';
import { fakeCluster } from './cluster.ts';
import { quiet } from './failure.ts';

/** nginx's pod on a node, as the gate found it. */
export function placement(
  node: string,
  ips: readonly string[] = [`10.244.0.${node.slice(1)}`],
): PodPlacement {
  return {
    namespace: 'k8s-bootstrap-verify',
    name: `nginx-${node}`,
    node,
    ip: ips[0] ?? '',
    ips,
    phase: 'Running',
    ready: true,
  };
}

/** The API's object of such a pod. */
export function podObject(node: string, ready = true, ips?: readonly string[]) {
  const { namespace, name, ip, phase, ...pod } = placement(node, ips);
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }];
  return {
    metadata: { namespace, name },
    spec: { nodeName: node },
    status: {
      phase,
      podIP: ip,
      podIPs: pod.ips.map((one) => ({ ip: one })),
      conditions,
      containerStatuses: [{ name: 'nginx', ready }],
    },
  };
}

/** The API's object of a node that takes pods, or does not. */
export function nodeObject(name: string, spec: object = {}, ready = true) {
  const status = { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] };
  return { metadata: { name }, spec, status };
}

export const items = (list: readonly unknown[]): string => JSON.stringify({ items: list });

/** What checks work with, over a fake control plane. */
export function verifyContext(
  pods: readonly PodPlacement[] = [placement('n1'), placement('n2')],
  networks: Partial<ClusterSpec['cni']> = {},
) {
  const { cluster, runner, spec: plain } = fakeCluster();
  const spec = { ...plain, cni: { ...plain.cni, ...networks } };
  const context: VerifyContext = {
    kubectl: cluster.kubectl,
    spec,
    signal: quiet,
    log: () => undefined,
    secondsLeft: () => 30,
    pods,
  };
  return { context, runner };
}
