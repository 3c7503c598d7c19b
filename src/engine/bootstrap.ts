import type { ProviderName } from '../spec/cluster-spec.ts';
import { kindSteps } from './kind/bootstrap.ts';
import type { Step } from './step.ts';
import { begin, unstage } from './steps/begin.ts';
import { clusterDns } from './steps/cluster-dns.ts';
import { collect, kubeconfig } from './steps/collect.ts';
import { look } from './steps/connect.ts';
import { fetch } from './steps/fetch.ts';
import { images } from './steps/images.ts';
import { init } from './steps/init.ts';
import { install } from './steps/install.ts';
import { join } from './steps/join.ts';
import { loadImages } from './steps/load-images.ts';
import { deployVerification, installCni, ready } from './steps/network.ts';
import { locate } from './steps/locate.ts';
import { preflight } from './steps/preflight.ts';
import { resetSteps } from './steps/reset.ts';
import { resolve } from './steps/resolve.ts';
import { revoke, revokeLeftTokens } from './steps/revoke.ts';
import { removeOldCni } from './steps/swap.ts';
import { installKubeProxy } from './steps/kube-proxy.ts';
import { removeVerification, verify } from './steps/verify.ts';

/** What a provider has of its own: how its hosts are looked at, become nodes, and are given back. */
interface Parts {
  readonly look: readonly Step[];
  /** What `plan` really does; the rest of the graph it describes. */
  readonly survey: readonly Step[];
  readonly nodes: readonly Step[];
  readonly resolve: Step;
  remove(keep: 'nothing' | 'artifacts'): readonly Step[];
}

const sshParts: Parts = {
  look,
  resolve,
  survey: [...look, resolve, preflight],
  nodes: [...look, resolve, preflight, fetch, begin, unstage, install, loadImages, images, init, join],
  remove: (keep) => [...look, ...resetSteps(keep)],
};

const kindParts: Parts = { ...kindSteps, remove: () => kindSteps.remove };

const partsOf = (provider: ProviderName): Parts => (provider === 'kind' ? kindParts : sshParts);

/**
 * From bare hosts to a verified cluster. The order here is for reading; what waits for what is each step's `needs`,
 * and everything else runs side by side. All that follows the nodes is the same for every provider.
 */
export function bootstrapSteps(options: {
  readonly provider: ProviderName;
  readonly kubeconfigPath: string;
}): readonly Step[] {
  return [
    ...partsOf(options.provider).nodes,
    removeOldCni,
    installKubeProxy,
    installCni,
    deployVerification,
    kubeconfig(options.kubeconfigPath),
    revoke,
    ready,
    clusterDns,
    collect,
    verify,
    removeVerification,
  ];
}

export function planSteps(provider: ProviderName): readonly Step[] {
  return partsOf(provider).survey;
}

export function removalSteps(provider: ProviderName, keep: 'nothing' | 'artifacts'): readonly Step[] {
  return partsOf(provider).remove(keep);
}

/** What a run that was killed left open on hosts that stay as they are. */
export function revocationSteps(provider: ProviderName): readonly Step[] {
  return [...partsOf(provider).look, revokeLeftTokens];
}

/** The same checks on a cluster that is up. */
export function verifySteps(provider: ProviderName): readonly Step[] {
  return [
    ...partsOf(provider).look,
    partsOf(provider).resolve,
    locate,
    deployVerification,
    ready,
    collect,
    verify,
    removeVerification,
  ];
}

export function nodesSteps(provider: ProviderName): readonly Step[] {
  return [...partsOf(provider).look, locate, collect];
}

export function kubeconfigSteps(provider: ProviderName, path: string): readonly Step[] {
  return [...partsOf(provider).look, locate, kubeconfig(path)];
}
