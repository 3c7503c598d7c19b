import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Artifact } from '../artifacts/artifact.ts';
import type { RemoteCache } from '../artifacts/remote-cache.ts';
import type { KubernetesArtifacts } from '../artifacts/resolve.ts';
import type { Cni, CniContext } from '../cni/cni.ts';
import { LocalRunner } from '../exec/local.ts';
import type { Runner } from '../exec/runner.ts';
import { Host } from '../host/host.ts';
import { Kubectl } from '../kube/kubectl.ts';
import type { KubeObject } from '../kube/objects.ts';
import type { Clock } from '../lib/clock.ts';
import type { BootstrapError } from '../lib/errors.ts';
import type { Redactor } from '../lib/redact.ts';
import type { CheckResult, Finding, NodeSummary, PodPlacement } from '../report/model.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import { bracketed, rangesOf } from '../lib/ip.ts';
import type { EventSink } from './events.ts';
import { KindRun } from './kind/run.ts';
import type { LocalImage } from './local-images.ts';

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
  /** Runs commands on the machine that k8s-bootstrap runs on. */
  readonly local: Runner;
  /** Of provider kind only. */
  readonly kind: KindRun;
  /** `host:port` under which this machine reaches the API server, where that is not the control plane's own address. */
  publishedEndpoint: string | undefined;
  /** Connects to a host; the provider's. */
  readonly connect: (host: Host, signal: AbortSignal) => Promise<Runner>;
  /** Where downloads of this machine are kept between runs. */
  readonly remoteCache: RemoteCache | undefined;
  /** Ends the run with this error. */
  readonly abort: (error: BootstrapError) => void;
  readonly #beforeFirstChange: () => void;
  /** Something on a host was changed, or is about to be. */
  changing = false;

  /** Exact version without `v`: `resolve`. */
  kubernetesVersion = '';
  cniVersion = '';
  /** Objects of the CNI's manifest, ready to apply: `resolve`. */
  cniObjects: readonly KubeObject[] = [];
  artifacts: KubernetesArtifacts | undefined;
  /** Kubelets of hosts that have one of another version, by that: `resolve`. */
  kubelets: ReadonlyMap<string, Artifact> = new Map();
  distribution: 'push' | 'pull' = 'pull';
  /** Images of this machine that nodes are to have: `preflight`. */
  localImages: readonly LocalImage[] = [];
  findings: Finding[] = [];
  /** Every host is fit and holds verified artifacts: `begin`. */
  begun = false;
  /** The control plane was made by this run: `init`. */
  fresh = false;
  /** Another CNI was taken away by this run: `remove-cni`. */
  swapped = false;
  /** The secrets to join with: `init`, or the first join of a later run. */
  join: JoinSecrets | undefined;
  /** Public ids of all tokens that this run made, to be revoked. */
  readonly tokenIds: string[] = [];
  caHash: Promise<string> | undefined;
  /** The one minting under way. */
  minting: Promise<void> | undefined;
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
    this.local = options.local ?? new LocalRunner();
    this.kind = new KindRun(this.local);
    this.remoteCache = options.remoteCache;
    this.abort = options.abort ?? (() => undefined);
    this.#beforeFirstChange = options.beforeFirstChange ?? (() => undefined);
    const { families } = rangesOf(options.spec.cni.podCIDR);
    this.hosts = options.spec.hosts.map((spec) => new Host(spec, families));
  }

  /** The control plane that initialises the cluster. */
  get controlPlane(): Host {
    const first = this.hosts.find((host) => host.isControlPlane);
    if (first === undefined) throw new TypeError('a validated spec has a control plane');
    return first;
  }

  /** What the CNI may know: `resolve`. */
  get cniContext(): CniContext {
    const { spec, cniVersion: version, kubernetesVersion } = this;
    return { spec, version, kubernetesVersion, apiServer: this.#apiServer() };
  }

  #apiServer(): CniContext['apiServer'] {
    const at = this.nodeEndpoint.lastIndexOf(':');
    const host = this.nodeEndpoint.slice(0, at).replace(/^\[(.*)\]$/, '$1');
    return { host, port: Number(this.nodeEndpoint.slice(at + 1)) };
  }

  get kubectl(): Kubectl {
    return new Kubectl(this.controlPlane);
  }

  /** `host:port` under which nodes reach the API server. */
  get endpoint(): string {
    return this.#endpointAt(this.controlPlane.internalAddress);
  }

  /** As `endpoint`, but known before there are nodes: with provider kind it has Docker's names. */
  get nodeEndpoint(): string {
    const { name, provider, hosts } = this.spec;
    if (provider !== 'kind') return this.endpoint;
    const several = hosts.filter(({ role }) => role === 'control-plane').length > 1;
    return `${several ? `${name}-external-load-balancer` : this.controlPlane.address}:6443`;
  }

  /** `host:port` under which clients do: the address that SSH came by, which need not be known to the nodes. */
  get clientEndpoint(): string {
    const { controlPlaneEndpoint } = this.spec.kubernetes;
    const published = this.publishedEndpoint;
    if (published === undefined) return this.#endpointAt(this.controlPlane.address);
    // The user's name for the machine, and the port that it publishes unless the user named that as well.
    if (controlPlaneEndpoint === undefined) return published;
    const port = published.slice(published.lastIndexOf(':') + 1);
    return hasPort(controlPlaneEndpoint)
      ? controlPlaneEndpoint
      : `${bracketed(controlPlaneEndpoint)}:${port}`;
  }

  #endpointAt(address: string): string {
    const { controlPlaneEndpoint, apiServerPort } = this.spec.kubernetes;
    const host = controlPlaneEndpoint ?? address;
    return hasPort(host) ? host : `${bracketed(host)}:${String(apiServerPort)}`;
  }

  /** To be called before anything on a host is changed; tells the front end once. */
  beginChange(): void {
    if (this.changing) return;
    this.changing = true;
    this.#beforeFirstChange();
  }

  /** A directory of this machine, readable by its user alone, that goes with the run. */
  async temporaryDir(): Promise<string> {
    const dir = await mkdtemp(join(tmpdir(), 'k8s-bootstrap-'));
    this.releases.push(() => rm(dir, { recursive: true, force: true }));
    return dir;
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

function hasPort(endpoint: string): boolean {
  return /^\[.*\]:\d+$|^[^:]+:\d+$/.test(endpoint);
}

export interface ClusterOptions {
  readonly spec: ClusterSpec;
  readonly cni: Cni;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly connect: (host: Host, signal: AbortSignal) => Promise<Runner>;
  /** Default: this machine itself. */
  readonly local?: Runner;
  readonly abort?: (error: BootstrapError) => void;
  readonly beforeFirstChange?: () => void;
  readonly remoteCache?: RemoteCache;
}

export interface JoinSecrets {
  readonly token: string;
  /** Only where further control planes join. */
  readonly certificateKey: string | undefined;
  /** Milliseconds since the epoch. */
  readonly mintedAt: number;
}
