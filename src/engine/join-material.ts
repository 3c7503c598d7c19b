import { paths } from '../host/paths.ts';
import { caHash, newToken } from '../kube/join-token.ts';
import { tokenConfig } from '../kube/kubeadm-config.ts';
import type { Cluster, JoinSecrets } from './cluster.ts';
import { withPrivateFile } from './kubeadm.ts';

export interface JoinMaterial extends JoinSecrets {
  /** `sha256:<hex>` of the CA's public key, read over the verified connection. */
  readonly caHash: string;
}

/** Tokens live for 15 minutes; whoever joins later than this gets a new one. */
const FRESH_MS = 10 * 60_000;

/** What a host needs to join; minted anew where this run did not initialise the cluster, or took long. */
export async function joinMaterial(cluster: Cluster, signal: AbortSignal): Promise<JoinMaterial> {
  const host = cluster.controlPlane;
  cluster.caHash ??= host.root(['cat', paths.caCert], { signal }).then(({ stdout }) => caHash(stdout));
  const hash = await cluster.caHash;
  const usable = cluster.join !== undefined && cluster.clock.now() - cluster.join.mintedAt < FRESH_MS;
  if (!usable) {
    cluster.minting ??= mint(cluster, signal).finally(() => {
      cluster.minting = undefined;
    });
    await cluster.minting;
  }
  if (cluster.join === undefined) throw new TypeError('minting sets the join secrets');
  return { ...cluster.join, caHash: hash };
}

/** A new token, known to the run before the cluster knows it, so that it is revoked whatever happens. */
export function newJoinSecrets(cluster: Cluster, certificateKey?: string): JoinSecrets {
  const token = newToken();
  cluster.protect(token);
  if (certificateKey !== undefined) cluster.protect(certificateKey);
  cluster.tokenIds.push(token.slice(0, token.indexOf('.')));
  return { token, certificateKey, mintedAt: cluster.clock.now() };
}

async function mint(cluster: Cluster, signal: AbortSignal): Promise<void> {
  const host = cluster.controlPlane;
  const secrets = newJoinSecrets(cluster, cluster.join?.certificateKey);
  const create = [`${paths.bin}/kubeadm`, 'token', 'create', `--kubeconfig=${paths.adminConf}`];
  await withPrivateFile(host, tokenConfig(secrets.token), signal, (path) =>
    host.root([...create, `--config=${path}`], { signal }),
  );
  cluster.join = secrets;
}
