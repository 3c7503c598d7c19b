import { sanitizeText } from '../lib/sanitize.ts';
import type { Facts } from './facts.ts';
import type { Host } from './host.ts';
import type { NetworkUse } from './network-facts.ts';
import type { HostMounts } from './mounts.ts';
import { paths } from './paths.ts';

/**
 * What k8s-bootstrap remembers on a host: whose it is, what was there before the first change, what was installed.
 * No secrets. Written before what it tells of is done, so that a reset after an interruption knows enough.
 */
export interface HostState {
  readonly schemaVersion: 1;
  /** The cluster's name. */
  readonly cluster: string;
  readonly role: 'control-plane' | 'worker';
  /** `prepared`: software only. `joining`: kubeadm was started on it. `member`: kubeadm ended well. */
  readonly phase: 'prepared' | 'joining' | 'member';
  /** Without `v`. */
  readonly kubernetesVersion: string;
  /** Of the kubelet, where it is another. */
  readonly kubeletVersion?: string;
  readonly cni: string;
  /** Of the cluster's pods; undefined in a state that was written before it was needed. */
  readonly podCIDR?: string;
  /**
   * Of provider kind: what the cluster was made with and cannot change, by field of the cluster file. Undefined in a
   * state that was written before it was compared.
   */
  readonly settings?: Readonly<Record<string, string>>;
  readonly before: Baseline;
}

/** The host before the first change. */
export interface Baseline {
  /** Of `clusterPaths` those that existed, with mode and owner: `755 0:0`. */
  readonly directories: Readonly<Record<string, string>>;
  readonly sysctls: Readonly<Record<string, string>>;
  /** `family table`. */
  readonly nftTables: readonly string[];
  /** `family table chain`. */
  readonly nftChains: readonly string[];
  /** Not in the states of older versions. */
  readonly network?: NetworkUse;
  /** Undefined in a state that was written before CNIs needed any: then none was made. */
  readonly mounts?: HostMounts;
}

/** What the facts tell of a host that nobody has changed yet. */
export function baselineOf(facts: Facts): Baseline {
  const { directoryModes: directories, sysctls, nftTables, nftChains, network, mounts } = facts;
  return { directories, sysctls, nftTables, nftChains, network, mounts };
}

const phases: readonly HostState['phase'][] = ['prepared', 'joining', 'member'];

/** @returns undefined for a file that is absent; `'unreadable'` for one that is not ours to read. */
export function parseState(text: string | undefined): HostState | undefined | 'unreadable' {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Partial<HostState> | null;
    if (value?.schemaVersion !== 1 || value.before === undefined) return 'unreadable';
    if (typeof value.cluster !== 'string' || !phases.some((phase) => phase === value.phase))
      return 'unreadable';
    return { ...(value as HostState), cluster: sanitizeText(value.cluster) };
  } catch {
    return 'unreadable';
  }
}

/** The state where it is ours to read; preflight tells of one that is not. */
export function knownState(text: string | undefined): HostState | undefined {
  const state = parseState(text);
  return state === 'unreadable' ? undefined : state;
}

export async function writeState(host: Host, state: HostState, signal: AbortSignal): Promise<void> {
  await host.write(paths.state, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600, signal });
  host.state = state;
}
