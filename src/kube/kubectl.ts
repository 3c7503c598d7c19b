import type { RunOptions, RunResult } from '../exec/runner.ts';
import type { Host } from '../host/host.ts';
import { paths } from '../host/paths.ts';
import { renderManifest, type KubeObject } from './objects.ts';

/** kubectl's arguments for kubeadm's namespace. */
export const inKubeSystem = ['-n', 'kube-system'] as const;

type Options = Omit<RunOptions, 'sudo' | 'env'>;

/** kubectl on a control plane, with its admin.conf: no route from the runner to the API server is needed. */
export class Kubectl {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  run(args: readonly string[], options: Options = {}): Promise<RunResult> {
    const global = [`--kubeconfig=${paths.adminConf}`, `--cache-dir=${paths.kubectlCache}`];
    return this.#host.root([`${paths.bin}/kubectl`, ...global, ...args], options);
  }

  /** Whether the cluster holds the objects just so, and applying them would change nothing. */
  async matches(objects: readonly KubeObject[], options: Options = {}): Promise<boolean> {
    const args = ['diff', '--server-side', '--force-conflicts', '--field-manager=k8s-bootstrap', '-f', '-'];
    const { exitCode } = await this.run(args, { ...options, input: renderManifest(objects), accept: 'any' });
    return exitCode === 0;
  }

  /** Server-side, so that neither size limits nor earlier field managers are in the way. */
  async apply(objects: readonly KubeObject[], options: Options = {}): Promise<void> {
    const args = ['apply', '--server-side', '--force-conflicts', '--field-manager=k8s-bootstrap', '-f', '-'];
    await this.run(args, { ...options, input: renderManifest(objects) });
  }

  /** `kubectl get … -o json`, parsed. */
  async get<T>(args: readonly string[], options: Options = {}): Promise<T> {
    const { stdout } = await this.run(['get', ...args, '-o', 'json'], {
      maxOutputBytes: 32 * 1024 * 1024,
      ...options,
    });
    return JSON.parse(stdout) as T;
  }
}
