import { parse } from 'yaml';
import type { RunOptions } from '../../src/exec/runner.ts';
import type { Phase } from '../../src/providers/kind/creation.ts';
import type { FakeDocker } from './fake-docker.ts';
import type { FakeResult } from './fake-runner.ts';

/** What kind says when a phase is over. */
const signs: readonly (readonly [Phase, string])[] = [
  ['prepare', ' ✓ Writing configuration 📜 '],
  ['init', ' ✓ Starting control-plane 🕹️'],
  ['join', ' ✓ Joining worker nodes 🚜'],
];

/** What kind was told to make. */
export interface KindDocument {
  readonly name: string;
  readonly networking: Readonly<Record<string, unknown>>;
  readonly containerdConfigPatches?: readonly string[];
  readonly nodes: readonly {
    readonly role: string;
    readonly image: string;
    readonly kubeadmConfigPatches: readonly string[];
    readonly extraPortMappings?: readonly Readonly<Record<string, unknown>>[];
  }[];
}

/** `kind create cluster` on a fake Docker: containers first, then Kubernetes, with a line at the end of each phase. */
export class FakeKind {
  /** The configuration that it got last. */
  config: KindDocument | undefined;
  /** As what it was called, and with what. */
  argv: readonly string[] = [];
  /** What happens in a phase before it ends. */
  during: Partial<Record<Phase, (options: RunOptions) => unknown>> = {};
  /** The phase that it fails in, and what it says then. */
  failure: { readonly phase: Phase; readonly words: string } | undefined;
  readonly #docker: FakeDocker;
  readonly #onPhase: (phase: Phase) => void;

  /** @param onPhase what a phase does beside the containers. */
  constructor(docker: FakeDocker, onPhase: (phase: Phase) => void) {
    this.#docker = docker;
    this.#onPhase = onPhase;
    docker.on(
      (_, argv) => argv[1] === 'create' && argv[2] === 'cluster',
      (argv, options) => this.#create(argv, options),
    );
  }

  async #create(argv: readonly string[], options: RunOptions): Promise<FakeResult> {
    this.argv = argv;
    this.config = parse(String(options.input)) as KindDocument;
    for (const [phase, sign] of signs) {
      await this.during[phase]?.(options);
      options.signal?.throwIfAborted();
      if (this.failure?.phase === phase) return { exitCode: 1, stderr: this.failure.words };
      if (phase === 'prepare') this.#prepare(this.config);
      this.#onPhase(phase);
      options.onLine?.(sign, 'stderr');
    }
    return '';
  }

  #prepare({ name, nodes, networking }: KindDocument): void {
    const several = nodes.filter(({ role }) => role === 'control-plane').length > 1;
    const seen = new Map<string, number>();
    const apiServer = networking['apiServerPort'] as number | undefined;
    for (const { role, image, extraPortMappings = [] } of nodes) {
      const number = (seen.get(role) ?? 0) + 1;
      seen.set(role, number);
      const own = several ? undefined : apiServer;
      const mapped = Map.groupBy(extraPortMappings, portOf);
      const ports = {
        ...(role === 'control-plane' ? { '6443/tcp': own ?? 40_000 + number } : {}),
        ...Object.fromEntries([...mapped].map(([port, on]) => [port, on.map(bindingOf)])),
      };
      this.#docker.add(`${name}-${role}${number === 1 ? '' : String(number)}`, {
        cluster: name,
        role,
        ports,
        image,
      });
    }
    const balancer = {
      cluster: name,
      role: 'external-load-balancer',
      ports: { '6443/tcp': apiServer ?? 45_000 },
    };
    if (several) this.#docker.add(`${name}-external-load-balancer`, balancer);
  }
}

type Mapping = Readonly<Record<string, unknown>>;

function portOf({ containerPort, protocol }: Mapping): string {
  return `${String(containerPort)}/${String(protocol).toLowerCase()}`;
}

function bindingOf({ listenAddress, hostPort }: Mapping) {
  return { HostIp: String(listenAddress), HostPort: String(hostPort) };
}
