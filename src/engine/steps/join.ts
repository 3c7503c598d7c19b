import { paths } from '../../host/paths.ts';
import { writeState } from '../../host/state.ts';
import { runUnit } from '../../host/unit.ts';
import { joinConfig } from '../../kube/kubeadm-config.ts';
import { BootstrapError } from '../../lib/errors.ts';
import type { Cluster } from '../cluster.ts';
import { explainKubeadm } from '../kubeadm-failure.ts';
import type { HostStep, StepTools } from '../step.ts';
import { joinMaterial } from './init.ts';

export const JOIN_UNIT = 'k8s-bootstrap-join';
const JOIN_TIMEOUT_SEC = 240;
const configPath = `${paths.runDir}/kubeadm.yaml`;

/** `kubeadm join`: workers side by side, further control planes one after the other, since etcd takes one at a time. */
export const join: HostStep = {
  id: 'join',
  title: 'kubeadm join',
  scope: 'others',
  needs: ['images', 'init'],
  run: async (cluster, host, { signal, log }) => {
    let running = false;
    if (host.state?.phase === 'member') {
      if (await isNode(cluster, host.nodeName, signal)) return { changed: false, note: 'a node already' };
      const unit = ['systemctl', 'show', '-p', 'ActiveState', '--value', `${JOIN_UNIT}.service`];
      const { stdout } = await host.root(unit, { signal });
      running = ['active', 'activating'].includes(stdout.trim());
      if (!running) {
        log('an earlier kubeadm join did not end well; taking it back first');
        await host.root([`${paths.bin}/kubeadm`, 'reset', '--force'], {
          signal,
          timeoutMs: 180_000,
          accept: 'any',
        });
      }
    }
    const turn = host.isControlPlane ? cluster.controlPlaneTurn : Promise.resolve();
    const work = turn.then(() => joinHost(cluster, host, { running, signal, log }));
    if (host.isControlPlane) cluster.controlPlaneTurn = work.catch(() => undefined);
    await work;
    return { changed: true };
  },
  describe: (_cluster, host) => [`kubeadm join as ${host.spec.role}, CA hash pinned`],
};

async function joinHost(
  cluster: Cluster,
  host: Cluster['controlPlane'],
  { running, signal, log }: StepTools & { readonly running: boolean },
): Promise<void> {
  const material = await joinMaterial(cluster, signal);
  if (host.isControlPlane && material.certificateKey === undefined && !running) {
    throw new BootstrapError('E_JOIN', 'control planes can only be added while the cluster is made', {
      hint: 'run `k8s-bootstrap down`, then `up` with all control planes',
    });
  }
  if (host.state !== undefined) await writeState(host, { ...host.state, phase: 'member' }, signal);
  const config = joinConfig({ spec: cluster.spec, host, endpoint: cluster.endpoint, ...material });
  await host.write(configPath, config, { mode: 0o600, signal });
  const result = await runUnit(host, {
    name: JOIN_UNIT,
    argv: [`${paths.bin}/kubeadm`, 'join', `--config=${configPath}`],
    timeoutSec: JOIN_TIMEOUT_SEC,
    signal,
    onLine: (line) => {
      log(cluster.redactor.redact(line));
    },
  }).finally(() => host.root(['rm', '-f', configPath], { timeoutMs: 15_000 }).catch(() => undefined));
  if (result.exitCode !== 0)
    throw await explainKubeadm(cluster, host, 'E_JOIN', 'kubeadm join', result.output);
}

async function isNode(cluster: Cluster, name: string, signal: AbortSignal): Promise<boolean> {
  const { exitCode } = await cluster.kubectl.run(['get', 'node', name, '-o', 'name'], {
    signal,
    accept: 'any',
  });
  return exitCode === 0;
}

/** Takes the join token back as soon as nobody needs it, whatever became of the run. */
export const revoke = {
  id: 'revoke',
  title: 'Revoke the join token',
  scope: 'cluster',
  needs: ['join', 'init'],
  always: true,
  run: async (cluster: Cluster, { signal }: { signal: AbortSignal }) => {
    const material = cluster.join;
    if (material === undefined) return { changed: false, note: 'none was made' };
    const options = { signal, timeoutMs: 30_000 };
    const inSystem = ['-n', 'kube-system', 'delete', 'secret', '--ignore-not-found'];
    const id = material.token.slice(0, material.token.indexOf('.'));
    // In a cluster that this run made, all tokens are its own: kubeadm makes a second one for the certificates.
    const tokens = cluster.fresh
      ? ['--field-selector=type=bootstrap.kubernetes.io/token']
      : [`bootstrap-token-${id}`];
    await cluster.kubectl.run([...inSystem, ...tokens], options);
    if (material.certificateKey !== undefined)
      await cluster.kubectl.run([...inSystem, 'kubeadm-certs'], options);
    cluster.join = undefined;
    return { changed: true };
  },
} as const;
