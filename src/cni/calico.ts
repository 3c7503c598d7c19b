import { workloadsOf } from '../kube/objects.ts';
import { manifestFile, renderManifest } from './calico/manifest.ts';
import { notices, ports, preflight } from './calico/needs.ts';
import { routeTables } from './calico/objects.ts';
import { operatorFiles, operatorImages, operatorWorkloads, renderOperator } from './calico/operator.ts';
import { choiceOf, options, problems } from './calico/options.ts';
import type { Cni } from './cni.ts';

/** https://github.com/projectcalico/calico: routes or tunnels between nodes, network policies, eBPF if wanted. */
export const calico: Cni = {
  name: 'calico',
  title: 'Calico',
  versions: ['3.32.1', '3.31.7'],
  plugins: [],
  options,
  instead: { networkPolicy: 'always enforces network policies' },
  kubernetes: [
    { cni: '3.32.', from: '1.34', to: '1.36', claim: 'tested', source: 'Calico 3.32’s system requirements' },
    { cni: '3.31.', from: '1.32', to: '1.35', claim: 'tested', source: 'Calico 3.31’s system requirements' },
  ],
  problems,
  sources: ({ spec, version }) => {
    const choice = choiceOf(spec);
    const files = choice.install === 'operator' ? operatorFiles : [manifestFile(choice)];
    const base = `raw.githubusercontent.com/projectcalico/calico/v${version}/manifests`;
    return files.map((file) => ({ upstream: `${base}/${file}` }));
  },
  render: (objects, context) =>
    choiceOf(context.spec).install === 'operator'
      ? renderOperator(objects, context)
      : renderManifest(objects, context),
  workloads: (objects) =>
    objects.some(({ kind }) => kind === 'Installation') ? operatorWorkloads : workloadsOf(objects),
  images: ({ spec, version }) => (choiceOf(spec).install === 'operator' ? operatorImages(version) : []),
  replacesKubeProxy: (spec) => choiceOf(spec).kubeProxyReplacement,
  ports,
  hostPorts: () => [{ protocol: 'tcp', port: 9099, purpose: 'Felix’s health' }],
  preflight,
  notices: ({ spec }) => notices(spec),
  diagnostics: {
    selector: 'k8s-app=calico-node',
    container: 'calico-node',
    commands: [
      ['calico-node', '-felix-ready'],
      ['birdcl', 'show', 'protocols'],
    ],
  },
  traces: {
    links: [
      'cali*',
      'tunl0',
      'vxlan.calico',
      'vxlan-v6.calico',
      'wireguard.cali',
      'wg-v6.cali',
      'bpfin.cali',
      'bpfout.cali',
    ],
    chains: ['cali-'],
    // In the host's own chains: those that take what its policies let pass, for one, name no chain of its own.
    rules: ['--comment "cali:'],
    nftTables: ['ip calico', 'ip6 calico', 'arp calico-arp'],
    paths: [
      ...['/var/lib/calico', '/run/calico', '/var/log/calico', '/run/nodeagent'],
      ...['/opt/cni/bin/calico', '/opt/cni/bin/calico-ipam'],
    ],
    ipsets: ['cali40', 'cali4t', 'cali60', 'cali6t'],
    routeTables: [String(routeTables.min), String(routeTables.max)],
    // BIRD's, and Felix's, which has no name.
    routeProtocols: ['bird', '80'],
    mounts: ['/run/calico/cgroup'],
    // Felix sets it always.
    sysctls: ['net.netfilter.nf_conntrack_acct'],
    // Links before maps: a program whose maps are gone drops every packet.
    bpfPins: [
      '/sys/fs/bpf/tcx',
      '/sys/fs/bpf/ctlb',
      '/sys/fs/bpf/tc/globals/cali*',
      '/sys/fs/bpf/tc/globals/xdp_cali*',
      '/sys/fs/bpf/calico',
    ],
    bpfFilters: ['cali'],
  },
};
