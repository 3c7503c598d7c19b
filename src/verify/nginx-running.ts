import { isReady, type Conditions } from '../kube/conditions.ts';
import { explainPods } from '../kube/diagnose.ts';
import type { Kubectl } from '../kube/kubectl.ts';
import type { PodPlacement } from '../report/model.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import { familyOf, rangesOf } from '../lib/ip.ts';
import type { Check, VerifyContext } from './check.ts';
import { NAME, NAMESPACE, SELECTOR, scaleProbes } from './deployment.ts';

/** The gate's first half: nginx Running and ready on several nodes, each pod on a node of its own. */
export const nginxRunning: Check = {
  id: 'nginx-running',
  title: 'nginx runs on several nodes',
  expected: ({ verify }) => `ready pods on at least ${nodesText(verify.minNodes)}`,
  observe: async (context) => {
    const { kubectl, spec, signal, secondsLeft } = context;
    const { minNodes } = spec.verify;
    const nodes = await readyNodes(context);
    if (nodes.free.length < minNodes) {
      return {
        status: 'fail',
        observed: `only ${String(nodes.free.length)} of ${nodesText(nodes.total)} can take pods: ${nodes.closed.join('; ')}`,
        hint: 'uncordon the nodes or remove their taints, or ask for fewer (verify.minNodes)',
      };
    }
    await scaleProbes(kubectl, nodes.free.length, { signal });
    const wait = [
      '-n',
      NAMESPACE,
      'rollout',
      'status',
      `deployment/${NAME}`,
      `--timeout=${String(secondsLeft())}s`,
    ];
    const timeoutMs = (secondsLeft() + 20) * 1000;
    const rollout = await kubectl.run(wait, { signal, timeoutMs, accept: 'any' });
    context.pods = (await nginxPods(kubectl, signal)).filter(({ ready }) => ready);
    const used = new Set(context.pods.map(({ node }) => node));
    const placement = context.pods.map(({ name, node }) => `${name} on ${node}`).join(', ');
    const lacking = context.pods.flatMap((pod) => lackingFamilies(pod, spec));
    if (lacking.length > 0) {
      return {
        status: 'fail',
        observed: lacking.join('; '),
        hint: 'see that the CNI hands out addresses of each family of cni.podCIDR',
      };
    }
    if (rollout.exitCode === 0 && used.size >= minNodes) return { status: 'pass', observed: placement };
    const reasons = await explainPods(kubectl, NAMESPACE, signal);
    return {
      status: 'fail',
      observed: `ready on ${nodesText(used.size)} after ${String(spec.verify.timeoutSec)} s: ${reasons.slice(0, 4).join('; ') || 'no reason given'}`,
      hint: `see kubectl -n ${NAMESPACE} describe pods`,
    };
  },
};

/** A pod of a dual-stack cluster has an address of each family. */
function lackingFamilies({ name, node, ips }: PodPlacement, { cni }: ClusterSpec): readonly string[] {
  const has = ips.map(familyOf);
  const lacks = rangesOf(cni.podCIDR).families.filter((family) => !has.includes(family));
  return lacks.map((family) => `${name} on ${node} has no IPv${String(family)} address`);
}

interface NodeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: Conditions;
    readonly spec: {
      readonly unschedulable?: boolean;
      readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
    };
  }[];
}

interface Nodes {
  readonly total: number;
  /** That nginx's pods may go to. */
  readonly free: readonly string[];
  /** Why others not. */
  readonly closed: readonly string[];
  readonly notReady: boolean;
}

/**
 * Where too few are Ready, some time is given: kubelets say only seconds later that another CNI has come to a live
 * cluster, and may just be saying that the former one has gone.
 */
async function readyNodes({ kubectl, spec, signal, secondsLeft }: VerifyContext): Promise<Nodes> {
  const nodes = await schedulableNodes(kubectl, signal);
  if (nodes.free.length >= spec.verify.minNodes || !nodes.notReady) return nodes;
  const seconds = Math.min(30, secondsLeft());
  const wait = ['wait', 'node', '--all', '--for=condition=Ready', `--timeout=${String(seconds)}s`];
  await kubectl.run(wait, { signal, timeoutMs: (seconds + 20) * 1000, accept: 'any' });
  return schedulableNodes(kubectl, signal);
}

async function schedulableNodes(kubectl: Kubectl, signal: AbortSignal): Promise<Nodes> {
  const { items } = await kubectl.get<NodeList>(['nodes'], { signal });
  const tolerated = /^node-role\.kubernetes\.io\/control-plane$/;
  // The controller takes these off some seconds after a node became Ready.
  const passing = /^node\.kubernetes\.io\/(not-ready|unreachable)$/;
  const free: string[] = [];
  const closed: string[] = [];
  for (const { metadata, spec, status } of items) {
    const taint = spec.taints?.find(
      ({ key, effect }) =>
        effect !== 'PreferNoSchedule' && !tolerated.test(key) && !(isReady(status) && passing.test(key)),
    );
    if (spec.unschedulable === true) closed.push(`${metadata.name} is cordoned`);
    else if (taint !== undefined) {
      const value = taint.value === undefined ? '' : `=${taint.value}`;
      closed.push(`${metadata.name} has the taint ${taint.key}${value}:${taint.effect}`);
    } else free.push(metadata.name);
  }
  return { total: items.length, free, closed, notReady: items.some(({ status }) => !isReady(status)) };
}

interface PodList {
  readonly items: readonly {
    readonly metadata: {
      readonly name: string;
      readonly namespace: string;
      readonly deletionTimestamp?: string;
    };
    readonly spec: { readonly nodeName?: string };
    readonly status: Conditions & {
      readonly phase?: string;
      readonly podIP?: string;
      readonly podIPs?: readonly { readonly ip: string }[];
    };
  }[];
}

export async function nginxPods(
  kubectl: VerifyContext['kubectl'],
  signal: AbortSignal,
): Promise<readonly PodPlacement[]> {
  const { items } = await kubectl.get<PodList>(['-n', NAMESPACE, 'pods', '-l', SELECTOR], { signal });
  return items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ metadata, spec, status }) => ({
      namespace: metadata.namespace,
      name: metadata.name,
      node: spec.nodeName ?? '',
      ip: status.podIP ?? '',
      ips: (status.podIPs ?? []).map(({ ip }) => ip),
      phase: status.phase ?? 'Unknown',
      ready: isReady(status),
    }));
}

function nodesText(count: number): string {
  return count === 1 ? '1 node' : `${String(count)} nodes`;
}
