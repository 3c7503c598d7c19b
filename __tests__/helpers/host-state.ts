import type { HostState } from '../../src/host/state.ts';

/** What an earlier run of the cluster `test` left on a worker. */
export function hostState(changes: Partial<HostState> = {}): HostState {
  return {
    schemaVersion: 1,
    cluster: 'test',
    role: 'worker',
    phase: 'prepared',
    kubernetesVersion: '1.36.3',
    cni: 'flannel',
    podCIDR: '10.244.0.0/16',
    before: {
      mounts: { sharedMounts: true, bpffs: true },
      directories: { '/etc/cni': '755 0:0' },
      sysctls: { 'net.ipv4.ip_forward': '0' },
      nftTables: [],
      nftChains: [],
    },
    ...changes,
  };
}
