import { BootstrapError } from '../lib/errors.ts';
import { workloadsOf } from '../kube/objects.ts';
import type { Cni } from './cni.ts';
import { podRangesOf } from './manifest/ranges.ts';

/** Any manifest of the user's, applied as it is. */
export const manifest: Cni = {
  name: 'manifest',
  title: 'a manifest of your own',
  versions: [],
  plugins: undefined,
  options: {},
  kubernetes: [],
  sources: ({ spec: { cni } }) => {
    const pin = cni.sha256 === undefined ? {} : { sha256: cni.sha256 };
    if (cni.manifest === undefined)
      throw new BootstrapError('E_SPEC', 'cni.manifest is missing', { where: 'cni.manifest' });
    const upstream = /^https?:\/\/(.+)$/.exec(cni.manifest)?.[1];
    return [upstream === undefined ? { path: cni.manifest, ...pin } : { upstream, ...pin }];
  },
  render: (objects) => objects,
  workloads: workloadsOf,
  ports: () => [],
  preflight: () => [],
  podRanges: podRangesOf,
  traces: { links: ['cni0'], chains: [], nftTables: [], paths: [] },
};
