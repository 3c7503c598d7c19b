import type { Host } from '../host.ts';
import { restoreMounts } from '../mounts.ts';
import { paths } from '../paths.ts';
import { writeState, type HostState } from '../state.ts';
import { removeFiles } from './files.ts';
import { removeNetwork } from './network.ts';
import { refuseResidue } from './residue.ts';
import { restoreRoutes, type RouteTraces } from './routes.ts';
import { restoreSysctls } from './sysctls.ts';
import { nodeTraces, pluginTraces, removable, type NetworkTraces } from './traces.ts';
import { stopWorkloads } from './workloads.ts';

export interface ResetOptions {
  /** Leave runtime, programs and images for a next run. */
  readonly keepArtifacts: boolean;
  readonly traces: NetworkTraces & RouteTraces & { readonly paths: readonly string[] };
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** Takes the cluster off a host of ours and puts back what its state remembers. @throws BootstrapError `E_RESET`. */
export async function resetHost(host: Host, state: HostState, options: ResetOptions): Promise<void> {
  const { keepArtifacts, signal, log } = options;
  const { network } = state.before;
  const traces = removable([nodeTraces, pluginTraces, options.traces], network);
  log('stopping pods, kubelet and runtime');
  await stopWorkloads(host, { keepRuntime: keepArtifacts, clearIpvs: network?.ipvs === false }, signal);
  log('removing links, chains, routes and tables of the network');
  await removeNetwork(host, traces, state.before, signal);
  await restoreRoutes(host, options.traces, state.podCIDR, signal);
  if (!keepArtifacts && state.before.mounts !== undefined)
    await restoreMounts(host, state.before.mounts, signal);
  log('removing files');
  await removeFiles(host, { before: state.before, keepArtifacts, paths: options.traces.paths, signal });
  if (!keepArtifacts) await restoreSysctls(host, state.before.sysctls, signal);
  await refuseResidue(host, traces, network, signal);
  if (keepArtifacts) await writeState(host, { ...state, phase: 'prepared' }, signal);
  else await host.root(['rm', '-rf', paths.stateDir], { signal });
}
