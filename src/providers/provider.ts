import type { Runner } from '../exec/runner.ts';
import type { Clock } from '../lib/clock.ts';
import type { ClusterSpec, HostSpec } from '../spec/cluster-spec.ts';

/** Where hosts come from and how they are reached; it knows nothing of Kubernetes. */
export interface Provider {
  readonly name: ClusterSpec['provider'];
  /** Logs in to one host. @throws BootstrapError naming the host and what to do. */
  connect(host: HostSpec, options: ConnectOptions): Promise<Runner>;
}

export interface ConnectOptions {
  readonly spec: ClusterSpec;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Told of everything that weakens the connection's security. */
  readonly onWarning: (message: string) => void;
}
