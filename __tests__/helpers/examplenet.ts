import { workloadsOf } from '../../src/kube/objects.ts';
import type { Cni } from '../../src/cni/cni.ts';
import { edited, withJson } from '../../src/cni/edit.ts';
import { chosen, mtu } from '../../src/cni/options.ts';

const options = { mtu };

/** https://example.org/examplenet: one DaemonSet, Geneve between nodes; takes node pod CIDRs. */
export const examplenet: Cni = {
  name: 'examplenet',
  title: 'ExampleNet',
  versions: ['2.4.0'],
  plugins: ['loopback', 'portmap'],
  options,
  kubernetes: [
    { cni: '2.4.', from: '1.34', to: '1.36', claim: 'tested', source: 'ExampleNet’s release notes of 2.4' },
  ],
  sources: ({ version }) => [
    { upstream: `github.com/example/examplenet/releases/download/v${version}/examplenet.yaml` },
  ],
  render: (objects, { spec }) =>
    edited(objects, 'ExampleNet', [
      {
        kind: 'ConfigMap',
        name: 'examplenet-config',
        change: (configMap) =>
          withJson(configMap, 'network.json', (network) => ({
            ...network,
            podCIDR: spec.cni.podCIDR,
            mtu: chosen(options, spec).mtu ?? 0,
          })),
      },
    ]),
  workloads: workloadsOf,
  ports: () => [{ protocol: 'udp', port: 6081, purpose: 'Geneve' }],
  preflight: () => [],
  diagnostics: { selector: 'app=examplenet', container: 'agent', commands: [['examplenet', 'status']] },
  traces: { links: ['examplenet0'], chains: ['EXNET-'], nftTables: [], paths: ['/run/examplenet'] },
};
