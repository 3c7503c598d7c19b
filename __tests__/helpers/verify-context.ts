import type { PodPlacement } from '../../src/report/model.ts';
import type { VerifyContext } from '../../src/verify/check.ts';
import { fakeCluster } from './cluster.ts';
import { quiet } from './failure.ts';

/** nginx's pod on a node, as the gate found it. */
export function placement(node: string, changes: Partial<PodPlacement> = {}): PodPlacement {
  return {
    namespace: 'k8s-bootstrap-verify',
    name: `nginx-${node}`,
    node,
    ip: `10.244.0.${node.slice(1)}`,
    phase: 'Running',
    ready: true,
    ...changes,
  };
}

/** The API's object of such a pod. */
export function podObject(node: string, ready = true) {
  const { namespace, name, ip, phase } = placement(node);
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }];
  return {
    metadata: { namespace, name },
    spec: { nodeName: node },
    status: { phase, podIP: ip, conditions, containerStatuses: [{ name: 'nginx', ready }] },
  };
}

/** The API's object of a node that takes pods, or does not. */
export function nodeObject(name: string, spec: object = {}, ready = true) {
  const status = { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] };
  return { metadata: { name }, spec, status };
}

export const items = (list: readonly unknown[]): string => JSON.stringify({ items: list });

/** What checks work with, over a fake control plane. */
export function verifyContext(pods: readonly PodPlacement[] = [placement('n1'), placement('n2')]) {
  const { cluster, runner, spec } = fakeCluster();
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
