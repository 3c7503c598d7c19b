import type { Step } from './step.ts';
import { begin, unstage } from './steps/begin.ts';
import { collect, kubeconfig } from './steps/collect.ts';
import { look } from './steps/connect.ts';
import { fetch } from './steps/fetch.ts';
import { images } from './steps/images.ts';
import { init } from './steps/init.ts';
import { install } from './steps/install.ts';
import { join, revoke } from './steps/join.ts';
import { deployVerification, installCni, ready } from './steps/network.ts';
import { locate } from './steps/locate.ts';
import { preflight } from './steps/preflight.ts';
import { resolve } from './steps/resolve.ts';
import { removeVerification, verify } from './steps/verify.ts';

/**
 * From bare hosts to a verified cluster. The order here is for reading; what waits for what is each step's `needs`,
 * and everything else runs side by side.
 */
export function bootstrapSteps(options: { readonly kubeconfigPath: string }): readonly Step[] {
  return [
    ...look,
    resolve,
    preflight,
    fetch,
    begin,
    unstage,
    install,
    images,
    init,
    installCni,
    deployVerification,
    kubeconfig(options.kubeconfigPath),
    join,
    revoke,
    ready,
    collect,
    verify,
    removeVerification,
  ];
}

/** What `plan` really does; the rest of the graph it describes. */
export const planSteps: readonly Step[] = [...look, resolve, preflight];

/** The same checks on a cluster that is up. */
export const verifySteps: readonly Step[] = [
  ...look,
  resolve,
  locate,
  deployVerification,
  ready,
  collect,
  verify,
  removeVerification,
];

export const nodesSteps: readonly Step[] = [...look, locate, collect];

export function kubeconfigSteps(path: string): readonly Step[] {
  return [...look, locate, kubeconfig(path)];
}
