import type { Host } from '../../host/host.ts';
import { paths } from '../../host/paths.ts';
import { writeState } from '../../host/state.ts';
import { runUnit } from '../../host/unit.ts';
import { caHash as hashOf, newCertificateKey, newToken } from '../../kube/join-token.ts';
import { initConfig, tokenConfig } from '../../kube/kubeadm-config.ts';
import type { Cluster, JoinMaterial } from '../cluster.ts';
import { explainKubeadm } from '../kubeadm-failure.ts';
import type { HostStep } from '../step.ts';

export const INIT_UNIT = 'k8s-bootstrap-init';
const INIT_TIMEOUT_SEC = 300;
const configPath = `${paths.runDir}/kubeadm.yaml`;

/** `kubeadm init` on the first control plane, unless its API server answers already. */
export const init: HostStep = {
  id: 'init',
  title: 'kubeadm init',
  scope: 'first',
  needs: ['images'],
  run: async (cluster, host, { signal, log }) => {
    if (host.state?.phase === 'member') {
      if (await apiAnswers(cluster, signal))
        return { changed: false, note: 'the control plane answers already' };
      await resetHalfInit(host, signal, log);
    }
    if (host.state !== undefined) await writeState(host, { ...host.state, phase: 'member' }, signal);
    const token = newToken();
    cluster.protect(token);
    const certificateKey =
      cluster.hosts.filter((other) => other.isControlPlane).length > 1 ? newCertificateKey() : undefined;
    if (certificateKey !== undefined) cluster.protect(certificateKey);
    const { spec, hosts, endpoint, kubernetesVersion } = cluster;
    const config = initConfig({
      spec,
      hosts,
      host,
      endpoint,
      kubernetesVersion,
      token,
      ...(certificateKey === undefined ? {} : { certificateKey }),
    });
    await host.write(configPath, config, { mode: 0o600, signal });
    const result = await runUnit(host, {
      name: INIT_UNIT,
      argv: [
        `${paths.bin}/kubeadm`,
        'init',
        `--config=${configPath}`,
        '--skip-token-print',
        '--skip-certificate-key-print',
        ...(certificateKey === undefined ? [] : ['--upload-certs']),
      ],
      timeoutSec: INIT_TIMEOUT_SEC,
      signal,
      onLine: (line) => {
        log(cluster.redactor.redact(line));
      },
    }).finally(() => removeConfig(host));
    if (result.exitCode !== 0)
      throw await explainKubeadm(cluster, host, 'E_INIT', 'kubeadm init', result.output);
    cluster.fresh = true;
    // A unit of an earlier run was started with that run's token, which nobody knows any more.
    if (!result.attached) cluster.join = { token, certificateKey, caHash: await readCaHash(host, signal) };
    return { changed: true };
  },
  describe: (cluster) => [
    `kubeadm init, Kubernetes ${cluster.kubernetesVersion}, API at ${cluster.endpoint}`,
  ],
};

export async function apiAnswers(cluster: Cluster, signal: AbortSignal): Promise<boolean> {
  const { exitCode } = await cluster.kubectl.run(['get', '--raw=/readyz', '--request-timeout=10s'], {
    signal,
    accept: 'any',
  });
  return exitCode === 0;
}

/** An init that ended half-way is taken back, since kubeadm does not continue; one that still runs is left to end. */
async function resetHalfInit(host: Host, signal: AbortSignal, log: (line: string) => void): Promise<void> {
  const { stdout } = await host.root(
    ['systemctl', 'show', '-p', 'ActiveState', '--value', `${INIT_UNIT}.service`],
    { signal },
  );
  if (['active', 'activating'].includes(stdout.trim())) return;
  log('an earlier kubeadm init did not end well; taking it back first');
  await host.root([`${paths.bin}/kubeadm`, 'reset', '--force'], {
    signal,
    timeoutMs: 180_000,
    accept: 'any',
  });
}

/** The configuration holds the token; it is gone as soon as kubeadm ended. */
async function removeConfig(host: Host): Promise<void> {
  await host.root(['rm', '-f', configPath], { timeoutMs: 15_000 }).catch(() => undefined);
}

async function readCaHash(host: Host, signal: AbortSignal): Promise<string> {
  const { stdout } = await host.root(['cat', paths.caCert], { signal });
  return hashOf(stdout);
}

/** What a host needs to join; minted anew where this run did not initialise the cluster. One at a time. */
export function joinMaterial(cluster: Cluster, signal: AbortSignal): Promise<JoinMaterial> {
  if (cluster.join !== undefined) return Promise.resolve(cluster.join);
  cluster.minting ??= mint(cluster, signal);
  return cluster.minting;
}

async function mint(cluster: Cluster, signal: AbortSignal): Promise<JoinMaterial> {
  const host = cluster.controlPlane;
  const caHash = await readCaHash(host, signal);
  const token = newToken();
  cluster.protect(token);
  await host.write(configPath, tokenConfig(token), { mode: 0o600, signal });
  await host
    .root(
      [
        `${paths.bin}/kubeadm`,
        'token',
        'create',
        `--config=${configPath}`,
        `--kubeconfig=${paths.adminConf}`,
      ],
      { signal },
    )
    .finally(() => removeConfig(host));
  cluster.join = { token, certificateKey: undefined, caHash };
  return cluster.join;
}
