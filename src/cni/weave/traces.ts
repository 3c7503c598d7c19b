import type { CniTraces } from '../cni.ts';

/** What Weave Net leaves, by its script's `reset` at v2.9.0 and its source; 2.8.1 is the same. */
export const weaveTraces: CniTraces = {
  links: ['weave', 'datapath', 'vxlan-6784', 'vethwe*'],
  chains: ['WEAVE'],
  nftTables: [],
  rules: ['--comment "Block non-local access to Weave Net control port"'],
  ipsets: ['weave-', 'weaver-no-masq-local'],
  datapaths: ['datapath'],
  paths: [
    '/var/lib/weave',
    '/opt/cni/bin/weave-net',
    '/opt/cni/bin/weave-ipam',
    // The fork's script takes itself for unreleased.
    '/opt/cni/bin/weave-plugin-latest',
    '/opt/cni/bin/weave-plugin-2.9.0',
    '/opt/cni/bin/weave-plugin-2.8.1',
  ],
};
