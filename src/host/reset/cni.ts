import type { Host } from '../host.ts';
import { paths } from '../paths.ts';
import type { Baseline } from '../state.ts';
import { kubeProxyTraces, pluginTraces, removeNetwork, type NetworkTraces } from './network.ts';

/** What one CNI leaves on a host. */
export interface CniRemains extends NetworkTraces {
  readonly paths: readonly string[];
}

/** Its configuration and the addresses it handed out; a host of ours has no other CNI's. */
const filesScript = `
find ${paths.cniConf} -mindepth 1 -delete 2>/dev/null || true
find /var/lib/cni -mindepth 1 -delete 2>/dev/null || true
rm -rf --one-file-system -- "$@"
`;

/**
 * Takes a CNI, whose pods are gone already, off a host that stays a node.
 *
 * @param kubeProxy whether kube-proxy's traces go as well.
 */
export async function removeCni(
  host: Host,
  remains: CniRemains,
  options: { readonly before: Baseline; readonly kubeProxy: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const { before, kubeProxy, signal } = options;
  const traces = [remains, pluginTraces, ...(kubeProxy ? [kubeProxyTraces] : [])];
  await removeNetwork(host, traces, before, signal);
  await host.sh(filesScript, remains.paths, { signal });
}
