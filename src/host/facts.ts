import { randomBytes } from 'node:crypto';
import { BootstrapError } from '../lib/errors.ts';
import type { Family } from '../lib/ip.ts';
import { cloudOf, type Cloud } from './cloud.ts';
import { factsScript } from './facts-script.ts';
import type { Host } from './host.ts';
import { featuresOf, filesystemsOf } from './kernel-features.ts';
import { parseRuleset, tablesOf } from './nftables.ts';
import type { HostMounts } from './mounts.ts';
import {
  addressesOf,
  defaultRouteOf,
  networkUseOf,
  primaryAddressOf,
  routesOf,
  type InterfaceAddress,
  type NetworkUse,
} from './network-facts.ts';
import { iptablesOf, type IptablesFacts } from './iptables-facts.ts';

/** What a host told of itself. Sizes are in bytes, times in milliseconds since the epoch. */
export interface Facts {
  readonly hostname: string;
  readonly machineId: string;
  readonly os: {
    readonly id: string;
    readonly like: readonly string[];
    readonly version: string;
    readonly name: string;
  };
  readonly kernel: string;
  readonly arch: 'amd64' | 'arm64' | undefined;
  readonly systemd: boolean;
  /** Undefined for any other cloud, and for none. */
  readonly cloud: Cloud | undefined;
  readonly cgroup: 'v1' | 'v2';
  /** Without it nothing can lower an OOM score, which containerd must then not try. */
  readonly canLowerOomScore: boolean;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly diskFreeBytes: number;
  readonly swap: readonly string[];
  /** The host's clock minus the runner's. */
  readonly clockOffsetMs: number;
  readonly addresses: readonly InterfaceAddress[];
  /** By family, the address on the interface of its default route, else the first global one. */
  readonly primaryAddresses: Readonly<Record<Family, string | undefined>>;
  /** Destinations of the routing tables `main` of both families. */
  readonly routes: readonly string[];
  /** Interfaces over which the kernel has an IPv6 default route by router advertisements, and takes none once it forwards. */
  readonly advertised: readonly string[];
  readonly network: NetworkUse;
  /** Name servers of a resolver file without loopback addresses, if the host has one. */
  readonly nameservers: readonly string[];
  /** `/etc/resolv.conf` names a loopback resolver, which CoreDNS must not forward to. */
  readonly loopbackResolver: boolean;
  readonly filesystems: readonly string[];
  readonly mounts: HostMounts;
  /** The kernel has br_netfilter, or can load it. */
  readonly bridgeNetfilter: boolean;
  /** Whether the table's size can be set. `absent`: the kernel has no conntrack that could be seen or loaded. */
  readonly conntrack: 'writable' | 'read-only' | 'absent';
  /** Whether the kernel has or can load a feature; without an entry where nobody can tell. */
  readonly features: ReturnType<typeof featuresOf>;
  readonly iptables: IptablesFacts | undefined;
  /** Programs on the PATH; `perl` only with its module Socket. */
  readonly tools: readonly string[];
  /** Where somebody, or the kernel itself, takes connections or datagrams. */
  readonly listening: Readonly<Record<'tcp' | 'udp', readonly number[]>>;
  readonly sysctls: Readonly<Record<string, string>>;
  /** `family table` of nftables. */
  readonly nftTables: readonly string[];
  /** `family table chain` of nftables' chains. */
  readonly nftChains: readonly string[];
  /** Of the paths that were asked for those that exist, and whether files are in them; a file is full. */
  readonly directories: Readonly<Record<string, 'empty' | 'full'>>;
  /** Mode and owner of each of these: `755 0:0`. */
  readonly directoryModes: Readonly<Record<string, string>>;
  /** Files that are there where an install would put its own. */
  readonly ownFiles: readonly string[];
  readonly cniConf: readonly string[];
  readonly clusterFiles: readonly string[];
  readonly services: readonly string[];
  /** sha256 of the artifacts that we installed, by name. */
  readonly installed: Readonly<Record<string, string>>;
  /** A container runtime found on the PATH: its path and version without `v`. */
  readonly containerd: { readonly path: string; readonly version: string | undefined } | undefined;
  /** The raw state file; parsed by `host/state.ts`. */
  readonly state: string | undefined;
}

/**
 * Reads the host's facts as root, without changing anything.
 *
 * @param options.paths what a cluster would fill, as `clusterPaths` tells.
 * @throws BootstrapError `E_SHELL` for garbled answers.
 */
export async function readFacts(
  host: Host,
  { paths, signal }: { readonly paths: readonly string[]; readonly signal: AbortSignal },
): Promise<Facts> {
  const marker = `facts-${randomBytes(12).toString('hex')}`;
  const before = Date.now();
  const { stdout } = await host.sh(factsScript, [marker, ...paths], { signal, timeoutMs: 60_000 });
  return parseFacts(stdout, marker, (before + Date.now()) / 2);
}

/** @param now the runner's time in ms when the host was asked. */
export function parseFacts(output: string, marker: string, now: number): Facts {
  const sections = split(output, marker);
  if (!sections.has('end')) {
    throw new BootstrapError('E_SHELL', 'the host answered the question for its facts incompletely', {
      hint: "see that the user's login shell runs `sh -c` and prints nothing else",
    });
  }
  const lines = (name: string): readonly string[] => sections.get(name) ?? [];
  const first = (name: string): string => lines(name)[0] ?? '';
  const number = (text: string): number => Number(/\d+/.exec(text)?.[0] ?? 0);
  const os = pairs(lines('os'));
  const addresses = addressesOf(lines('addresses'));
  const upstream = nameserversOf(lines('resolv-upstream'));
  const configured = nameserversOf(lines('resolv'));
  return {
    hostname: first('hostname'),
    machineId: first('machine-id'),
    os: {
      id: os['ID'] ?? 'unknown',
      like: (os['ID_LIKE'] ?? '').split(' ').filter(Boolean),
      version: os['VERSION_ID'] ?? '',
      name: os['PRETTY_NAME'] ?? os['ID'] ?? 'unknown',
    },
    kernel: first('kernel'),
    arch: arches.get(first('arch')),
    systemd: first('init') === 'systemd',
    cloud: cloudOf(pairs(lines('cloud'))),
    cgroup: first('cgroup') === 'v2' ? 'v2' : 'v1',
    canLowerOomScore:
      (BigInt(`0x${/^[0-9a-f]+$/.exec(first('capabilities'))?.[0] ?? '0'}`) & CAP_SYS_RESOURCE) !== 0n,
    cpus: number(first('cpus')),
    memoryBytes: number(first('memory')) * 1024,
    diskFreeBytes: Number(first('disk').trim().split(/\s+/)[3] ?? 0) * 1024,
    swap: lines('swap').map((line) => line.split(/\s/)[0] ?? ''),
    clockOffsetMs: Math.round(Number(first('time')) / 1e6 - now),
    addresses,
    primaryAddresses: {
      4: primaryAddressOf(4, addresses, defaultRouteOf(lines('default-route'))),
      6: primaryAddressOf(6, addresses, defaultRouteOf(lines('default-route-6'))),
    },
    routes: routesOf(lines('routes')),
    advertised: lines('advertised'),
    network: networkUseOf(lines),
    nameservers: (upstream.length > 0 ? upstream : configured).filter((server) => !isLoopback(server)),
    loopbackResolver: configured.some(isLoopback),
    filesystems: filesystemsOf(lines('filesystems')),
    mounts: { sharedMounts: lines('mounts').includes('shared'), bpffs: lines('mounts').includes('bpffs') },
    bridgeNetfilter: first('bridge-netfilter') === 'yes',
    conntrack: conntrackOf(first('conntrack')),
    features: featuresOf(lines('kernel-features')),
    iptables: iptablesOf(first('iptables')),
    tools: lines('tools'),
    listening: { tcp: portsOf(lines('listening')), udp: portsOf(lines('listening-udp')) },
    sysctls: pairs(lines('sysctls')),
    nftTables: tablesOf(lines('nft').join('\n')),
    nftChains: parseRuleset(lines('nft').join('\n')).map(({ key }) => key),
    directories: Object.fromEntries(
      lines('directories').map(
        (line) => [line.slice(line.indexOf(' ') + 1), line.startsWith('full') ? 'full' : 'empty'] as const,
      ),
    ),
    directoryModes: pairs(lines('directory-modes')),
    cniConf: lines('cni-conf'),
    clusterFiles: lines('cluster-files'),
    services: lines('services'),
    ownFiles: lines('own-files'),
    installed: pairs(lines('installed')),
    containerd:
      first('containerd') === ''
        ? undefined
        : { path: first('containerd'), version: versionIn(lines('containerd').slice(1).join(' ')) },
    state: lines('state').join('\n') || undefined,
  };
}

/** A module that is not loaded yet can be set as soon as kube-proxy has loaded it. */
function conntrackOf(word: string): Facts['conntrack'] {
  if (word === 'writable' || word === 'loadable') return 'writable';
  return word === 'absent' ? 'absent' : 'read-only';
}

const arches: ReadonlyMap<string, 'amd64' | 'arm64'> = new Map([
  ['x86_64', 'amd64'],
  ['aarch64', 'arm64'],
]);

/** In the capability mask, linux/capability.h. */
const CAP_SYS_RESOURCE = 1n << 24n;

function split(output: string, marker: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const line of output.split('\n')) {
    if (line.startsWith(`${marker} `)) {
      current = [];
      sections.set(line.slice(marker.length + 1), current);
    } else if (line !== '') current?.push(line);
  }
  return sections;
}

function pairs(lines: readonly string[]): Record<string, string> {
  const entries = lines.flatMap((line) => {
    const at = line.indexOf('=');
    return at > 0 ? [[line.slice(0, at), line.slice(at + 1).replace(/^"(.*)"$/, '$1')] as const] : [];
  });
  return Object.fromEntries(entries);
}

function versionIn(text: string): string | undefined {
  return /v?(\d+\.\d+\.\d+(?:-[\w.]+)?)/.exec(text)?.[1];
}

function portsOf(lines: readonly string[]): readonly number[] {
  return lines.map((port) => Number.parseInt(port, 16));
}

function nameserversOf(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => /^nameserver\s+(\S+)/.exec(line)?.[1] ?? []);
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}
