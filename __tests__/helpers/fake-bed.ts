import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UpOptions } from '../../src/engine/api.ts';
import type { EngineEvent } from '../../src/engine/events.ts';
import { createEngine } from '../../src/engine/index.ts';
import { renderManifest } from '../../src/kube/objects.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { fakeSpec, type FakeSpecOptions } from './cluster.ts';
import { quiet } from './failure.ts';
import { FakeApi } from './fake-api.ts';
import { FakeMachine } from './fake-machine.ts';
import { flannelObjects } from './flannel-manifest.ts';

/** The engine over bare hosts that exist in memory only, with a manifest of the user's as their network. */
export class FakeBed implements Disposable {
  readonly dir = mkdtempSync(join(tmpdir(), 'k8s-bootstrap-bed-'));
  readonly kubeconfigPath = join(this.dir, 'kubeconfig');
  /** What was done to which host, in order: `install 10.0.0.2`. */
  readonly did: string[] = [];
  readonly events: EngineEvent[] = [];
  readonly spec;
  readonly machines: readonly FakeMachine[];
  /** How the engine connects; can be replaced. */
  connect: Provider['connect'] = (host) => {
    this.did.push(`connect ${host.address}`);
    return Promise.resolve(this.machine(this.spec.hosts.indexOf(host)));
  };
  readonly engine = createEngine({ connect: (host, options) => this.connect(host, options) });

  readonly api: FakeApi;

  constructor(options: FakeSpecOptions = {}) {
    const manifest = join(this.dir, 'cni.yaml');
    writeFileSync(manifest, renderManifest(flannelObjects));
    const { cni } = fakeSpec();
    const overrides = { cni: { ...cni, name: 'manifest', manifest }, ...options.with };
    this.spec = fakeSpec({ ...options, with: overrides });
    this.machines = this.spec.hosts.map(({ address }, index) => new FakeMachine(address, index, this.did));
    this.api = new FakeApi(this.machines);
    this.machine(0).on('/usr/local/bin/kubectl ', (argv, runOptions) =>
      this.api.kubectl(argv.slice(3), runOptions),
    );
  }

  machine(index: number): FakeMachine {
    const machine = this.machines[index];
    if (machine === undefined) throw new TypeError(`there is no machine ${String(index)}`);
    return machine;
  }

  /** For the calls of the engine. */
  context(signal: AbortSignal = quiet) {
    return { signal, events: { emit: (event: EngineEvent) => void this.events.push(event) } };
  }

  up(options: Partial<UpOptions> = {}) {
    const { kubeconfigPath } = this;
    return this.engine.up(this.spec, { ...this.context(), kubeconfigPath, ...options });
  }

  /** Forgets what was done and told, not what the hosts became. */
  forget(): void {
    this.did.length = 0;
    this.events.length = 0;
    for (const machine of this.machines) {
      machine.calls.length = 0;
      machine.uploads.length = 0;
    }
  }

  eventsOf<T extends EngineEvent['type']>(type: T): readonly Extract<EngineEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<EngineEvent, { type: T }> => event.type === type);
  }

  /** What was done that matches, in order. */
  done(pattern: RegExp): readonly string[] {
    return this.did.filter((line) => pattern.test(line));
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true });
  }
}
