import type { Host } from '../host.ts';
import { paths } from '../paths.ts';
import type { Baseline } from '../state.ts';
import { removePaths } from './files.ts';
import { ipvsFunctions } from './ipvs.ts';
import { removeNetwork } from './network.ts';
import { refuseCniResidue } from './residue.ts';
import { kubeProxyTraces, pluginTraces, removable, type NetworkTraces } from './traces.ts';
import { restoreRoutes, type RouteTraces } from './routes.ts';
import { restoreSysctls } from './sysctls.ts';

/**
 * Its configuration, programs and the addresses it handed out; a host of ours has no other CNI's. A plugin still at work
 * (Cilium's waits for its agent, and then notes down what it could not do) would write anew what is removed.
 */
const filesScript = `
find ${paths.cniConf} -mindepth 1 -delete 2>/dev/null || true
for path in "$@"; do
  case $path in ${paths.cniBin}/*) rm -f -- "$path" ;; esac
done
working() {
  for exe in /proc/[0-9]*/exe; do
    case $(readlink "$exe" 2>/dev/null) in ${paths.cniBin}/*) return 0 ;; esac
  done
  return 1
}
tries=0
while working && [ $tries -lt 120 ]; do tries=$((tries + 1)); sleep 0.5; done
find /var/lib/cni -mindepth 1 -delete 2>/dev/null || true
`;

/**
 * Takes a CNI, whose pods are gone already, off a host that stays a node.
 *
 * @param kubeProxy whether kube-proxy's traces go as well.
 * @param ipvs whether virtual servers of IPVS, if the host had none before, are the CNI's and so are the kernel values for them.
 * @throws BootstrapError `E_RESET` for what is left.
 */
export async function removeCni(
  host: Host,
  traces: NetworkTraces &
    RouteTraces & { readonly paths: readonly string[]; readonly sysctls?: readonly string[] },
  options: {
    readonly before: Baseline;
    readonly kubeProxy: boolean;
    readonly ipvs: boolean;
    readonly podCIDR: string;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { before, kubeProxy, ipvs, podCIDR, signal } = options;
  const all = [traces, pluginTraces, ...(kubeProxy ? [kubeProxyTraces] : [])];
  const network = removable(all, before.network);
  await removeNetwork(host, network, before, signal);
  await restoreRoutes(host, traces, podCIDR, signal);
  await host.sh(filesScript, traces.paths, { signal });
  await removePaths(host, traces.paths, before, signal);
  if (ipvs && before.network?.ipvs === false) await host.sh(`${ipvsFunctions}clear_servers`, [], { signal });
  const sysctls = (traces.sysctls ?? []).filter((name) => ipvs || !name.startsWith('net.ipv4.vs.'));
  const touched = Object.entries(before.sysctls).filter(([name]) => sysctls.includes(name));
  await restoreSysctls(host, Object.fromEntries(touched), signal);
  await refuseCniResidue(host, network, before.network, signal);
}
