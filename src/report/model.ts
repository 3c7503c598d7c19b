/** The report of one run: what Action, CLI and files show. Plain JSON; `schemaVersion` changes with its shape. */
export interface Report {
  readonly schemaVersion: 1;
  readonly command: 'up' | 'down' | 'revoke' | 'verify' | 'plan';
  readonly outcome: 'success' | 'failure' | 'cancelled';
  /** True when the run found everything in place and changed nothing. */
  readonly unchanged: boolean;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly cluster: ClusterSummary;
  readonly nodes: readonly NodeSummary[];
  readonly pods: readonly PodPlacement[];
  readonly checks: readonly CheckResult[];
  readonly findings: readonly Finding[];
  readonly timings: readonly StepTiming[];
  /** Keys of the steps on the longest chain of waits, in order. */
  readonly criticalPath: readonly string[];
  readonly error?: ReportError;
}

export interface ClusterSummary {
  readonly name: string;
  readonly provider: string;
  /** Without `v`. */
  readonly kubernetesVersion: string;
  readonly cni: string;
  readonly cniVersion: string;
  /** With dual stack of each family one, a comma between them; so is the next. */
  readonly podCIDR: string;
  readonly serviceCIDR: string;
  /** `https://host:port`. */
  readonly controlPlaneEndpoint: string;
}

export interface NodeSummary {
  readonly name: string;
  readonly role: 'control-plane' | 'worker';
  readonly ready: boolean;
  /** The address of the spec (SSH) that the node came from; empty when unknown. */
  readonly address: string;
  readonly internalIP: string;
  /** The same, and with dual stack that of the other family after it. */
  readonly internalIPs: readonly string[];
  readonly podCIDR: string;
  /** As `internalIPs`. */
  readonly podCIDRs: readonly string[];
  /** Without `v`. */
  readonly kubeletVersion: string;
  readonly containerRuntime: string;
  readonly osImage: string;
  readonly kernelVersion: string;
  readonly architecture: string;
}

export interface PodPlacement {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly ip: string;
  /** The same, and with dual stack that of the other family after it. */
  readonly ips: readonly string[];
  readonly phase: string;
  readonly ready: boolean;
}

/** `error` means that the check could not be made: neither pass nor fail. */
export type CheckStatus = 'pass' | 'fail' | 'error' | 'skipped';

export interface CheckResult {
  readonly id: string;
  readonly title: string;
  readonly status: CheckStatus;
  /** What this CNI at these options should do. */
  readonly expected: string;
  readonly observed: string;
  readonly durationMs: number;
  /** The single probes, where a check makes several. */
  readonly probes?: readonly Probe[];
  /** How to fix or look further; only where not passed. */
  readonly hint?: string;
}

export interface Probe {
  readonly from: string;
  readonly to: string;
  readonly status: CheckStatus;
  readonly detail: string;
}

/** One thing preflight found. `error` stops the run before the first change. */
export interface Finding {
  /** Stable kebab-case id, usable in `preflight.ignore`. */
  readonly id: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly host?: string;
  readonly message: string;
  readonly hint?: string;
}

export interface StepTiming {
  readonly key: string;
  readonly id: string;
  readonly title: string;
  readonly host?: string;
  readonly needs: readonly string[];
  readonly outcome: 'done' | 'unchanged' | 'failed' | 'skipped' | 'cancelled';
  /** Milliseconds since the run began. */
  readonly startMs: number;
  readonly durationMs: number;
}

export interface ReportError {
  readonly code: string;
  readonly message: string;
  readonly host?: string;
  readonly step?: string;
  readonly where?: string;
  readonly hint?: string;
  /** The single failures of several hosts at once, or of several findings; the message lists them all. */
  readonly errors?: readonly ReportError[];
}
