import { inKubeSystem } from '../../kube/kubectl.ts';
import { TOKEN_DESCRIPTION } from '../../kube/kubeadm-config.ts';
import type { Cluster } from '../cluster.ts';
import type { ClusterStep } from '../step.ts';
import { apiAnswers, awaitApi } from './init.ts';

const PREFIX = 'bootstrap-token-';
const allTokens = '--field-selector=type=bootstrap.kubernetes.io/token';
/** What further control planes get their certificates from. */
const CERTIFICATES = 'kubeadm-certs';

/** An API server that is there may be away for a moment, while etcd takes a new member in. */
const REVOKE_SEC = 30;

/** Takes the join tokens back as soon as nobody needs them, whatever became of the run. */
export const revoke: ClusterStep = {
  id: 'revoke',
  title: 'Revoke the join token',
  scope: 'cluster',
  needs: ['join', 'init'],
  always: true,
  run: async (cluster, { signal }) => {
    if (cluster.tokenIds.length === 0) return { changed: false, note: 'none was made' };
    if (cluster.controlPlane.state?.phase === 'member') await awaitApi(cluster, signal, REVOKE_SEC);
    else if (!cluster.controlPlane.connected || !(await apiAnswers(cluster, signal))) {
      return { changed: false, note: 'the cluster did not come up far enough to know it' };
    }
    // In a cluster that is being made all tokens are our own: kubeadm adds one for the certificates, and an earlier
    // run may have left its own.
    const tokens = cluster.fresh ? [allTokens] : cluster.tokenIds.map((id) => `${PREFIX}${id}`);
    await removeSecrets(cluster, tokens, signal);
    if (cluster.fresh) await removeSecrets(cluster, [CERTIFICATES], signal);
    cluster.join = undefined;
    cluster.tokenIds.length = 0;
    return { changed: true };
  },
};

/** Takes back what a run that was killed could not: the tokens that say they are this project's. */
export const revokeLeftTokens: ClusterStep = {
  id: 'revoke',
  title: 'Revoke join tokens',
  scope: 'cluster',
  needs: ['facts'],
  run: async (cluster, { signal }) => {
    const { connected, state } = cluster.controlPlane;
    const ours = connected && state?.cluster === cluster.spec.name && state.phase !== 'prepared';
    if (!ours || !(await apiAnswers(cluster, signal)))
      return { changed: false, note: 'no API server that knows any' };
    const left = await leftTokens(cluster, signal);
    if (left.length === 0) return { changed: false, note: 'none was left' };
    cluster.beginChange();
    await removeSecrets(cluster, [...left, CERTIFICATES], signal);
    return { changed: true, note: String(left.length) };
  },
};

/** @param which names, or a selector. */
async function removeSecrets(
  { kubectl }: Cluster,
  which: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const remove = [...inKubeSystem, 'delete', 'secret', '--ignore-not-found', ...which];
  await kubectl.run(remove, { signal, timeoutMs: 30_000 });
}

/** Names of their secrets. */
async function leftTokens({ kubectl }: Cluster, signal: AbortSignal): Promise<readonly string[]> {
  const columns = '{range .items[*]}{.metadata.name} {.data.description}{"\\n"}{end}';
  const { stdout } = await kubectl.run(
    [...inKubeSystem, 'get', 'secrets', allTokens, '-o', `jsonpath=${columns}`],
    { signal },
  );
  const description = Buffer.from(TOKEN_DESCRIPTION).toString('base64');
  return stdout.split('\n').flatMap((line) => {
    const [name = '', said] = line.split(' ');
    return said === description && /^bootstrap-token-[a-z0-9]{6}$/.test(name) ? [name] : [];
  });
}
