import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cachePath } from '../../src/artifacts/cache.ts';
import { createEngine } from '../../src/engine/index.ts';
import { paths } from '../../src/host/paths.ts';
import type { ClusterSpec, HostSpec } from '../../src/spec/cluster-spec.ts';
import { fakeHost, fakeSpec } from './cluster.ts';
import { FakeBed } from './fake-bed.ts';
import { FakeDocker } from './fake-docker.ts';
import { FakeKind } from './fake-kind.ts';
import type { FakeMachine } from './fake-machine.ts';

const plugins =
  'github.com/containernetworking/plugins/releases/download/v1.9.1/cni-plugins-linux-amd64-v1.9.1.tgz';

export interface KindBedOptions {
  readonly controlPlanes?: number;
  readonly workers?: number;
  /** Fields that replace the spec's. */
  readonly with?: Partial<ClusterSpec>;
}

/** The engine with provider kind: containers of a Docker that exists in memory only. */
export class KindBed extends FakeBed {
  readonly docker: FakeDocker;
  readonly kind: FakeKind;
  override readonly engine;
  readonly #cacheDir: string;

  constructor({ controlPlanes = 1, workers = 2, with: overrides = {} }: KindBedOptions = {}) {
    const cacheDir = mkdtempSync(join(tmpdir(), 'k8s-bootstrap-kind-cache-'));
    const base = fakeSpec();
    const hosts = kindHosts(controlPlanes, workers);
    const kubernetes = { ...base.kubernetes, version: '1.36.4' };
    const artifacts = { ...base.artifacts, cacheDir, checksums: join(cacheDir, 'checksums') };
    super({ with: { provider: 'kind', kubernetes, artifacts, hosts, ...overrides } });
    this.#cacheDir = cacheDir;
    this.keep(plugins, 'the CNI plugins');
    this.docker = new FakeDocker();
    const indexOf = (name: string): number => this.machines.findIndex(({ target }) => target === name);
    this.docker.onRemove = (name) => this.machines[indexOf(name)]?.wipe();
    this.connect = ({ address }) => Promise.resolve(this.machine(indexOf(address)));
    this.kind = new FakeKind(this.docker, (phase) => {
      if (phase === 'init') this.machine(0).member = true;
      if (phase === 'join') for (const each of this.machines) each.member = true;
    });
    for (const each of this.machines) teachNode(each, this.did);
    this.engine = createEngine({
      connect: (host, options) => this.connect(host, options),
      local: this.docker,
    });
  }

  /** Puts an artifact into the cache, so that it need not be downloaded. @param upstream URL without scheme. */
  keep(upstream: string, content: string): void {
    const sha256 = createHash('sha256').update(content).digest('hex');
    const path = cachePath(this.#cacheDir, sha256);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    appendFileSync(join(this.#cacheDir, 'checksums'), `${sha256}  ${upstream}\n`);
  }

  /** As an earlier run left it: the engine remembers that it is ours, whatever became of the nodes. */
  mark(): void {
    this.docker.volumes.set('k8s-bootstrap-test', { 'k8s-bootstrap.cluster': 'test' });
  }

  /** The containers there are, by name. */
  get nodes(): readonly string[] {
    return [...this.docker.containers.keys()];
  }

  override forget(): void {
    super.forget();
    this.docker.calls.length = 0;
  }

  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
    rmSync(this.#cacheDir, { recursive: true });
  }
}

/** Hosts as the spec has them for provider kind. */
export function kindHosts(controlPlanes: number, workers: number): readonly HostSpec[] {
  return Array.from({ length: controlPlanes + workers }, (_, index): HostSpec => {
    const role = index < controlPlanes ? 'control-plane' : 'worker';
    const number = (index < controlPlanes ? index : index - controlPlanes) + 1;
    const address = `test-${role}${number === 1 ? '' : String(number)}`;
    return { ...fakeHost(index, index < controlPlanes), address, user: 'root' };
  });
}

/** What kind's node does beside what machines do. */
function teachNode(machine: FakeMachine, did: string[]): void {
  machine
    .on(`cat ${paths.state}`, () => machine.state ?? { exitCode: 1 })
    .on('cat /kind/version', 'v1.36.4\n')
    .on('journalctl -u kubelet', '')
    .on(/for name in kubeadm kubectl ctr/, '')
    .on(/until .*ctr version/, '')
    .on(/--skip-old-files/, () => {
      did.push(`add plugins ${machine.target}`);
      return '';
    });
}
