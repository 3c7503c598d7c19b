import { paths } from '../../host/paths.ts';
import { newCertificateKey } from '../../kube/join-token.ts';
import { initConfig } from '../../kube/kubeadm-config.ts';
import { BootstrapError } from '../../lib/errors.ts';
import type { Cluster } from '../cluster.ts';
import { newJoinSecrets } from '../join-material.ts';
import { runKubeadm, settleEarlier } from '../kubeadm.ts';
import type { HostStep } from '../step.ts';

/** `kubeadm init` on the first control plane, unless an earlier run brought it to its end. */
export const init: HostStep = {
  id: 'init',
  title: 'kubeadm init',
  scope: 'first',
  needs: ['images'],
  run: async (cluster, host, tools) => {
    const { signal } = tools;
    if (host.state?.phase === 'member') {
      await awaitApi(cluster, signal);
      return { changed: false, note: 'the control plane is there already' };
    }
    cluster.beginChange();
    await settleEarlier(host, 'init', tools);
    const several = cluster.hosts.filter((other) => other.isControlPlane).length > 1;
    const secrets = newJoinSecrets(cluster, several ? newCertificateKey() : undefined);
    cluster.join = secrets;
    cluster.fresh = true;
    const { spec, hosts, endpoint, kubernetesVersion } = cluster;
    const { token, certificateKey } = secrets;
    const config = initConfig({
      spec,
      hosts,
      host,
      endpoint,
      kubernetesVersion,
      token,
      ...(certificateKey === undefined ? {} : { certificateKey }),
      ...(cluster.cni.replacesKubeProxy?.(spec) === true ? { skipPhases: ['addon/kube-proxy'] } : {}),
    });
    const flags = [
      '--skip-token-print',
      '--skip-certificate-key-print',
      ...(several ? ['--upload-certs'] : []),
    ];
    const { attached } = await runKubeadm(cluster, host, { verb: 'init', config, flags }, tools);
    // A unit of an earlier run was started with that run's token, which nobody knows any more.
    if (attached) cluster.join = undefined;
    return { changed: true };
  },
  describe: (cluster) => [
    `kubeadm init, Kubernetes ${cluster.kubernetesVersion}, API at ${cluster.endpoint}`,
  ],
};

export async function apiAnswers(cluster: Cluster, signal: AbortSignal): Promise<boolean> {
  const readyz = ['get', '--raw=/readyz', '--request-timeout=10s'];
  const { exitCode } = await cluster.kubectl.run(readyz, { signal, accept: 'any' });
  return exitCode === 0;
}

/** A host that was just booted needs a while; nothing announces that its API server is back. */
const awaitScript = `
end=$(($(date +%s) + $1))
until ${paths.bin}/kubectl --kubeconfig=${paths.adminConf} --cache-dir=${paths.kubectlCache} get --raw=/readyz --request-timeout=5s >/dev/null 2>&1; do
  [ "$(date +%s)" -lt $end ] || exit 9
  sleep 1
done
`;

/** A cluster that is there is never made anew, however long it does not answer. @throws BootstrapError `E_NODES`. */
export async function awaitApi(cluster: Cluster, signal: AbortSignal, forSec = 120): Promise<void> {
  if (await apiAnswers(cluster, signal)) return;
  const host = cluster.controlPlane;
  const options = { signal, accept: [0, 9], timeoutMs: (forSec + 30) * 1000 };
  const { exitCode } = await host.sh(awaitScript, [String(forSec)], options);
  if (exitCode === 0) return;
  throw new BootstrapError('E_NODES', 'the cluster is there, but its API server does not answer', {
    host: host.address,
    hint: 'see journalctl -u kubelet there; `k8s-bootstrap down` removes the cluster',
  });
}
