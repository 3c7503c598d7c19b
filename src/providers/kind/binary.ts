import type { Runner } from '../../exec/runner.ts';
import { newestFirst } from '../../lib/version-order.ts';

/**
 * The oldest kind that writes kubeadm's v1beta4, which Kubernetes 1.37 needs and patches of the user's are written for.
 * https://github.com/kubernetes-sigs/kind/releases/tag/v0.32.0
 */
const OLDEST = '0.32.0';

export interface KindOnPathOptions {
  /** The only version that will do, without `v`; undefined: any that is new enough. */
  readonly wanted: string | undefined;
  readonly signal: AbortSignal;
}

/** Version, without `v`, of the kind on the PATH, if it will do. */
export async function kindOnPath(
  local: Runner,
  { wanted, signal }: KindOnPathOptions,
): Promise<string | undefined> {
  const { exitCode, stdout } = await local.run(['kind', 'version', '--quiet'], { signal, accept: 'any' });
  const version = /^v?(\d+\.\d+\.\d+\S*)$/.exec(stdout.trim())?.[1];
  if (exitCode !== 0 || version === undefined) return undefined;
  // A kind that was built from its sources names the commit behind a plus.
  const [released = ''] = version.split('+');
  const will = wanted === undefined ? newestFirst(released, OLDEST) <= 0 : version === wanted;
  return will ? version : undefined;
}
