import type { RunOptions, RunResult, Runner } from '../exec/runner.ts';
import type { HostSpec } from '../spec/cluster-spec.ts';
import { rangesOf, type Family } from '../lib/ip.ts';
import type { Facts } from './facts.ts';
import type { HostState } from './state.ts';

/** A machine of the cluster: what the user said of it, how to reach it, and what it told of itself. */
export class Host {
  readonly spec: HostSpec;
  /** Of the cluster's addresses, the primary one first. */
  readonly families: readonly Family[];
  #runner: Runner | undefined;
  #facts: Facts | undefined;
  /** What an earlier run left on the host, as last read or written; absent on a host that was never touched. */
  state: HostState | undefined;

  constructor(spec: HostSpec, families: readonly Family[] = [4]) {
    this.spec = spec;
    this.families = families;
  }

  get address(): string {
    return this.spec.address;
  }

  get isControlPlane(): boolean {
    return this.spec.role === 'control-plane';
  }

  get runner(): Runner {
    if (this.#runner === undefined) throw new TypeError(`${this.address} is not connected yet`);
    return this.#runner;
  }

  /** Whether there is a connection to it. */
  get connected(): boolean {
    return this.#runner !== undefined;
  }

  /** Whether its facts have been read. */
  get known(): boolean {
    return this.#facts !== undefined;
  }

  get facts(): Facts {
    if (this.#facts === undefined) throw new TypeError(`the facts of ${this.address} are not known yet`);
    return this.#facts;
  }

  attach(runner: Runner): void {
    this.#runner = runner;
  }

  learn(facts: Facts): void {
    this.#facts = facts;
  }

  /** Kubernetes' name of the node: the user's, else the host's own name as kubeadm would take it. */
  get nodeName(): string {
    return this.spec.name ?? this.facts.hostname.toLowerCase();
  }

  /** The address the node uses inside the cluster, of the primary family. */
  get internalAddress(): string {
    return this.internalAddresses[0] ?? this.address;
  }

  /** One of each family; the host may have none of it, which preflight finds. */
  get internalAddresses(): readonly string[] {
    const given = this.spec.internalAddress === undefined ? undefined : rangesOf(this.spec.internalAddress);
    return this.families.map(
      (family) =>
        (family === 4 ? given?.v4 : given?.v6) ?? this.facts.primaryAddresses[family] ?? this.address,
    );
  }

  /** Runs a program as root. */
  root(argv: readonly string[], options: Omit<RunOptions, 'sudo'> = {}): Promise<RunResult> {
    return this.runner.run(argv, { ...options, sudo: true });
  }

  /** Runs a POSIX shell script as root, with `set -eu`; `args` become `$1` …. No secrets in either: use `input`. */
  sh(
    script: string,
    args: readonly string[] = [],
    options: Omit<RunOptions, 'sudo'> = {},
  ): Promise<RunResult> {
    return this.root(['sh', '-c', `set -eu\n${script}`, 'k8s-bootstrap', ...args], options);
  }

  /** Writes a file as root. */
  write(path: string, data: string, options: { mode?: number; signal?: AbortSignal } = {}): Promise<void> {
    return this.runner.upload({ data }, path, { ...options, sudo: true });
  }
}
