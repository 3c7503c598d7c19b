import * as z from 'zod';
import { workloadsOf } from '../kube/objects.ts';
import { withContainer, withEnv, withImageTag, withPodSpec, type PodSpec } from '../kube/pod-template.ts';
import { rangesOf } from '../lib/ip.ts';
import type { Cni, CniContext } from './cni.ts';
import { edited } from './edit.ts';
import { chosen, mtu, networkPolicy } from './options.ts';
import { weaveNotices, weavePreflight } from './weave/preflight.ts';
import { weaveTraces } from './weave/traces.ts';

const options = {
  backend: z
    .enum(['fastdp', 'sleeve'])
    .default('fastdp')
    .describe(
      'How pods’ packets get to other nodes: VXLAN in the kernel, by Open vSwitch, or UDP in user space.',
    ),
  networkPolicy,
  mtu,
};

/** Weaveworks' last version; what is newer is the fork's. */
const UPSTREAM = '2.8.1';
const isUpstream = (version: string): boolean => version.replace(/^v/, '') === UPSTREAM;

/** Weave Net, https://github.com/rajch/weave: one DaemonSet that hands out addresses itself; IPv4 only. */
export const weave: Cni = {
  name: 'weave',
  title: 'Weave Net',
  versions: ['2.9.0', UPSTREAM],
  plugins: ['portmap', 'loopback'],
  options,
  kubernetes: [
    {
      cni: '',
      from: '1.4',
      claim: 'tested',
      source: 'Weave Net’s documentation (kubernetes/kube-addon.md): Kubernetes 1.4 or later',
    },
  ],
  problems: ({ cni: { podCIDR } }) =>
    rangesOf(podCIDR).v6 !== undefined
      ? [
          {
            field: 'podCIDR',
            what: 'has IPv6, which Weave Net does not know',
            fix: 'give an IPv4 range alone, or choose another CNI',
          },
        ]
      : [],
  sources: ({ version }) => {
    const repository = isUpstream(version) ? 'weaveworks/weave' : 'rajch/weave';
    const path = 'prog/weave-kube/weave-daemonset-k8s-1.11.yaml';
    return [{ upstream: `raw.githubusercontent.com/${repository}/v${version}/${path}` }];
  },
  render: (objects, context) =>
    edited(objects, 'Weave Net', [
      {
        kind: 'DaemonSet',
        name: 'weave-net',
        change: (object) => withPodSpec(object, (pod) => configured(pod, context)),
      },
    ]),
  workloads: workloadsOf,
  ports: (spec) => [
    { protocol: 'tcp', port: 6783, purpose: 'control' },
    { protocol: 'udp', port: 6783, purpose: 'sleeve' },
    ...(chosen(options, spec).backend === 'fastdp'
      ? [{ protocol: 'udp', port: 6784, purpose: 'VXLAN (fast datapath)' } as const]
      : []),
  ],
  hostPorts: () => [{ protocol: 'tcp', port: 6784, purpose: 'status' }],
  preflight: (facts, spec) =>
    weavePreflight(facts, { ...chosen(options, spec), upstream: isUpstream(spec.cni.version) }),
  notices: ({ version }) => weaveNotices({ upstream: isUpstream(version) }),
  diagnostics: {
    selector: 'name=weave-net',
    container: 'weave',
    commands: [
      ['/home/weave/weave', '--local', 'status'],
      ['/home/weave/weave', '--local', 'status', 'connections'],
    ],
  },
  traces: weaveTraces,
};

function configured(pod: PodSpec, { spec, version }: CniContext): PodSpec {
  const { backend, networkPolicy: policy, mtu: wanted } = chosen(options, spec);
  const expectNpc = policy ? [] : [{ name: 'EXPECT_NPC', value: '0' }];
  // Left to itself each container decides anew, by rules that may not be there yet, and 2.9.0's do not agree then.
  const backends = isUpstream(version) ? [] : [{ name: 'IPTABLES_BACKEND', value: 'nft' }];
  const tagged = withImageTag(pod, version);
  const initialised = withContainer(tagged, 'weave-init', (container) => withEnv(container, expectNpc));
  const routed = withContainer(initialised, 'weave', (container) =>
    withEnv(container, [
      { name: 'IPALLOC_RANGE', value: spec.cni.podCIDR },
      ...backends,
      ...expectNpc,
      ...(backend === 'sleeve' ? [{ name: 'WEAVE_NO_FASTDP', value: '1' }] : []),
      ...(wanted === undefined ? [] : [{ name: 'WEAVE_MTU', value: String(wanted) }]),
    ]),
  );
  if (policy) return withContainer(routed, 'weave-npc', (container) => withEnv(container, backends));
  return { ...routed, containers: routed.containers.filter(({ name }) => name !== 'weave-npc') };
}
