import type { Host } from '../host/host.ts';
import { paths } from '../host/paths.ts';
import { writeState, type HostState } from '../host/state.ts';
import { isUnitBusy, KUBEADM_UNITS, runUnit } from '../host/unit.ts';
import type { Cluster } from './cluster.ts';
import { explainKubeadm } from './kubeadm-failure.ts';
import type { StepTools } from './step.ts';

type Verb = 'init' | 'join';

const timeoutSec = { init: 300, join: 240 } as const;
const configPath = `${paths.runDir}/kubeadm.yaml`;

export interface KubeadmRun {
  readonly verb: Verb;
  /** The configuration, with secrets: it reaches the host as a 0600 file and is removed at kubeadm's end. */
  readonly config: string;
  readonly flags?: readonly string[];
}

/**
 * Runs kubeadm as a unit of the host. The host's state says `joining` until it ended well, then `member`.
 * @returns whether it was an earlier run's unit, found running or just ended.
 */
export async function runKubeadm(
  cluster: Cluster,
  host: Host,
  { verb, config, flags = [] }: KubeadmRun,
  { signal, log }: StepTools,
): Promise<{ readonly attached: boolean }> {
  await setPhase(host, 'joining', signal);
  const result = await withPrivateFile(host, config, signal, () =>
    runUnit(host, {
      name: KUBEADM_UNITS[verb],
      argv: [`${paths.bin}/kubeadm`, verb, `--config=${configPath}`, ...flags],
      timeoutSec: timeoutSec[verb],
      signal,
      onLine: (line) => {
        log(cluster.redactor.redact(line));
      },
      remember: () => setPhase(host, 'member', signal),
    }),
  );
  if (result.exitCode !== 0) {
    const code = verb === 'init' ? 'E_INIT' : 'E_JOIN';
    throw await explainKubeadm(cluster, host, code, `kubeadm ${verb}`, result.output);
  }
  return { attached: result.attached };
}

/**
 * kubeadm does not continue what ended half-way, so that is taken back; what still runs is left to end.
 * @returns whether it still runs, or has just ended well.
 */
export async function settleEarlier(host: Host, verb: Verb, { signal, log }: StepTools): Promise<boolean> {
  if (host.state?.phase !== 'joining') return false;
  if (await isUnitBusy(host, KUBEADM_UNITS[verb], signal)) return true;
  log(`an earlier kubeadm ${verb} did not end well; taking it back first`);
  const reset = [`${paths.bin}/kubeadm`, 'reset', '--force'];
  await host.root(reset, { signal, timeoutMs: 180_000, accept: 'any' });
  return false;
}

/** Runs something that reads the configuration from `configPath`, which exists only meanwhile. */
export async function withPrivateFile<T>(
  host: Host,
  config: string,
  signal: AbortSignal,
  use: (path: string) => Promise<T>,
): Promise<T> {
  await host.write(configPath, config, { mode: 0o600, signal });
  try {
    return await use(configPath);
  } finally {
    await host.root(['rm', '-f', configPath], { timeoutMs: 15_000 }).catch(() => undefined);
  }
}

export async function setPhase(host: Host, phase: HostState['phase'], signal: AbortSignal): Promise<void> {
  if (host.state === undefined) throw new TypeError(`${host.address} has no state before it was prepared`);
  await writeState(host, { ...host.state, phase }, signal);
}
