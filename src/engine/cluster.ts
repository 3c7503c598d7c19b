import { randomUUID } from 'node:crypto';
import type { KubernetesArtifacts } from '../artifacts/resolve.ts';
import type { Cni } from '../cni/cni.ts';
import type { Runner } from '../exec/runner.ts';
import { Host } from '../host/host.ts';
import { Kubectl } from '../kube/kubectl.ts';
import type { KubeObject } from '../kube/objects.ts';
import type { Clock } from '../lib/clock.ts';
import type { Redactor } from '../lib/redact.ts';
import type { CheckResult, Finding, NodeSummary, PodPlacement } from '../report/model.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import type { EventSink } from './events.ts';

/** What the steps of one run share. Each field says which step fills it; reading it earlier is a defect. */
export class Cluster {
  readonly spec: ClusterSpec;
  readonly cni: Cni;
  readonly hosts: readonly Host[];
  readonly events: EventSink;
  readonly clock: Clock;
  readonly redactor: Redactor;
  /** Tells this run from others, for the lock's holder. */
  readonly runId = `run ${randomUUID().slice(0, 8)}, started ${new Date().toISOString()}`;
  /** Connects to a host; the provider's. */
  readonly connect: (host: Host, signal: AbortSignal) => Promise<Runner>;
  /** Called once before the first change to any host. */
  readonly beforeFirstChange: () => void;

  /** Exact version without `v`: `resolve`. */
  kubernetesVersion = '';
  cniVersion = '';
  /** Objects of the CNI's manifest, ready to apply: `resolve`. */
  cniObjects: readonly KubeObject[] = [];
  artifacts: KubernetesArtifacts | undefined;
  distribution: 'push' | 'pull' = 'pull';
  findings: Finding[] = [];
  /** What `kubeadm config images list` says; asked once: `install`. */
  kubeadmImages: Promise<readonly string[]> | undefined;
  /** Something was changed on a host, or is about to be: `begin`. */
  begun = false;
  /** The control plane was made by this run: `init`. */
  fresh = false;
  /** Join material, minted by `init` or by the first join of a later run. */
  join: JoinMaterial | undefined;
  /** The one minting under way. */
  minting: Promise<JoinMaterial> | undefined;
  /** Ends when the control plane that joins now is done. */
  controlPlaneTurn: Promise<unknown> = Promise.resolve();
  checks: readonly CheckResult[] = [];
  nodes: readonly NodeSummary[] = [];
  pods: readonly PodPlacement[] = [];
  /** Things to give back when the run ends, whatever its outcome. */
  readonly releases: (() => Promise<void>)[] = [];

  constructor(options: ClusterOptions) {
    this.spec = options.spec;
    this.cni = options.cni;
    this.events = options.events;
    this.clock = options.clock;
    this.redactor = options.redactor;
    this.connect = options.connect;
    this.beforeFirstChange = options.beforeFirstChange ?? (() => undefined);
    this.hosts = options.spec.hosts.map((spec) => new Host(spec));
  }

  /** The control plane that initialises the cluster. */
  get controlPlane(): Host {
    const first = this.hosts.find((host) => host.isControlPlane);
    if (first === undefined) throw new TypeError('a validated spec has a control plane');
    return first;
  }

  get kubectl(): Kubectl {
    return new Kubectl(this.controlPlane);
  }

  /** `host:port` under which nodes reach the API server. */
  get endpoint(): string {
    return this.#endpointAt(this.controlPlane.internalAddress);
  }

  /** `host:port` under which clients do: the address that SSH came by, which need not be known to the nodes. */
  get clientEndpoint(): string {
    return this.#endpointAt(this.controlPlane.address);
  }

  #endpointAt(address: string): string {
    const { controlPlaneEndpoint, apiServerPort } = this.spec.kubernetes;
    const host = controlPlaneEndpoint ?? address;
    if (/^\[.*\]:\d+$|^[^:]+:\d+$/.test(host)) return host;
    return `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${String(apiServerPort)}`;
  }

  /** Registers a value that nothing may ever print, here and with the front end. */
  protect(secret: string): void {
    this.redactor.add(secret);
    this.events.emit({ type: 'secret', value: secret });
  }

  report(finding: Finding): void {
    this.findings.push(finding);
    this.events.emit({ type: 'finding', finding });
  }
}

export interface ClusterOptions {
  readonly spec: ClusterSpec;
  readonly cni: Cni;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly connect: (host: Host, signal: AbortSignal) => Promise<Runner>;
  readonly beforeFirstChange?: () => void;
}

export interface JoinMaterial {
  /** Secret. */
  readonly token: string;
  /** `sha256:<hex>` of the CA's public key. */
  readonly caHash: string;
  /** Secret; only where further control planes join. */
  readonly certificateKey: string | undefined;
}
