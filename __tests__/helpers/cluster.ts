import type { RemoteCache } from '../../src/artifacts/remote-cache.ts';
import type { CniContext } from '../../src/cni/cni.ts';
import { cniNamed } from '../../src/cni/index.ts';
import { Cluster } from '../../src/engine/cluster.ts';
import type { EngineEvent } from '../../src/engine/events.ts';
import type { Runner } from '../../src/exec/runner.ts';
import type { Facts } from '../../src/host/facts.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { Redactor } from '../../src/lib/redact.ts';
import type { ClusterSpec, HostSpec } from '../../src/spec/cluster-spec.ts';
import { FakeRunner, type FakeRule } from './fake-runner.ts';

/** A spec as `loadSpec` would make it: control planes from 10.0.0.1 on, workers behind them. */
export function fakeSpec(options: FakeSpecOptions = {}): ClusterSpec {
  const { hosts: count = 3, controlPlanes = 1, with: overrides = {} } = options;
  const hosts = Array.from({ length: count }, (_, index) => fakeHost(index, index < controlPlanes));
  return {
    provider: 'ssh',
    name: 'test',
    kubernetes: {
      version: '1.36.3',
      channel: 'built-in',
      serviceCIDR: '10.96.0.0/16',
      dnsDomain: 'cluster.local',
      apiServerPort: 6443,
      kubeadmPatches: [],
    },
    cni: { name: 'flannel', version: 'default', podCIDR: '10.244.0.0/16', options: {} },
    ssh: { user: 'ops', port: 22, keyFile: '/key', hostKeyChecking: 'strict' },
    kind: { portMappings: [] },
    images: [],
    artifacts: {
      distribution: 'auto',
      cacheDir: '/nowhere',
      versions: { containerd: '2.3.4', runc: '1.4.3', cniPlugins: '1.9.1', helm: '3.18.4' },
    },
    registryMirrors: {},
    verify: {
      minNodes: 2,
      checks: ['default'],
      images: { nginx: 'docker.io/library/nginx:1', client: 'docker.io/library/busybox:1' },
      timeoutSec: 60,
      keep: false,
    },
    timeouts: { totalSec: 900, readySec: 60, connectSec: 10 },
    preflight: { ignore: [] },
    hosts,
    ...overrides,
  };
}

/** What a CNI is asked with. */
export function fakeContext(spec: ClusterSpec, version = ''): CniContext {
  return {
    spec,
    version,
    kubernetesVersion: '1.36.3',
    apiServer: { host: '10.0.0.1', port: 6443 },
  };
}

export interface FakeSpecOptions {
  readonly hosts?: number;
  readonly controlPlanes?: number;
  /** Fields that replace the spec's. */
  readonly with?: Partial<ClusterSpec>;
}

export function fakeHost(index: number, controlPlane: boolean): HostSpec {
  return {
    address: `10.0.0.${String(index + 1)}`,
    role: controlPlane ? 'control-plane' : 'worker',
    user: 'ops',
    port: 22,
    labels: {},
    taints: [],
  };
}

/** A healthy Debian host that nobody used before. */
export function fakeFacts(index = 0, overrides: Partial<Facts> = {}): Facts {
  return {
    hostname: `host-${String(index + 1)}`,
    machineId: `machine-${String(index + 1)}`,
    os: { id: 'debian', like: [], version: '12', name: 'Debian GNU/Linux 12' },
    kernel: '6.1.0',
    arch: 'amd64',
    systemd: true,
    cloud: undefined,
    cgroup: 'v2',
    canLowerOomScore: true,
    cpus: 2,
    memoryBytes: 4 * 2 ** 30,
    diskFreeBytes: 50 * 2 ** 30,
    swap: [],
    clockOffsetMs: 0,
    addresses: [
      { link: 'eth0', family: 4, address: `10.0.0.${String(index + 1)}`, prefix: 24, global: true },
    ],
    primaryAddresses: { 4: `10.0.0.${String(index + 1)}`, 6: undefined },
    routes: ['default', '10.0.0.0/24'],
    advertised: [],
    network: {
      links: ['eth0', 'lo'],
      routeTables: ['default', 'local', 'main'],
      routeProtocols: ['kernel'],
      ipvs: false,
    },
    nameservers: ['10.0.0.254'],
    loopbackResolver: false,
    filesystems: ['overlay', 'bpf', 'cgroup2'],
    mounts: { sharedMounts: true, bpffs: true },
    bridgeNetfilter: true,
    conntrack: 'writable',
    features: {},
    iptables: { version: '1.8.9', backend: 'nft' },
    tools: [
      'iptables',
      'ip',
      'mount',
      'umount',
      'nsenter',
      'curl',
      'tar',
      'sha256sum',
      'flock',
      'systemd-run',
      'tc',
      'perl',
      'ipset',
      'ipvsadm',
    ],
    listening: { tcp: [22], udp: [] },
    sysctls: { 'net.ipv4.ip_forward': '0' },
    nftTables: [],
    nftChains: [],
    directories: {},
    directoryModes: {},
    ownFiles: [],
    cniConf: [],
    clusterFiles: [],
    services: [],
    installed: {},
    containerd: undefined,
    state: undefined,
    ...overrides,
  };
}

/** A cluster over fake runners, all hosts connected and known. */
export function fakeCluster(
  options: FakeSpecOptions & {
    readonly rules?: readonly FakeRule[];
    readonly remoteCache?: RemoteCache;
    readonly local?: Runner;
  } = {},
) {
  const { rules = [], remoteCache, local, ...rest } = options;
  const spec = fakeSpec(rest);
  const events: EngineEvent[] = [];
  const runners = spec.hosts.map((host) => new FakeRunner(rules, host.address));
  const cluster = new Cluster({
    spec,
    cni: cniNamed(spec.cni.name),
    events: { emit: (event) => events.push(event) },
    clock: systemClock,
    redactor: new Redactor(),
    ...(remoteCache === undefined ? {} : { remoteCache }),
    ...(local === undefined ? {} : { local }),
    connect: (host) => Promise.resolve(runners[spec.hosts.indexOf(host.spec)] ?? new FakeRunner()),
  });
  cluster.kubernetesVersion = '1.36.3';
  for (const [index, host] of cluster.hosts.entries()) {
    const runner = runners[index];
    if (runner !== undefined) host.attach(runner);
    host.learn(fakeFacts(index));
  }
  const [first] = runners;
  if (first === undefined) throw new TypeError('a cluster needs a host');
  return { spec, cluster, runners, runner: first, events };
}

/** Gives back what a run gives back in its end: locks, connections, temporary folders. */
export async function release(cluster: Cluster): Promise<void> {
  for (const give of cluster.releases) await give();
}
