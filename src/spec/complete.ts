import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expandHome } from '../lib/home.ts';
import type { BastionSpec, ClusterSpec, HostSpec, KindSpec } from './cluster-spec.ts';
import type { Input } from './input.ts';
import { kindHosts } from './kind-hosts.ts';
import type { Path } from './problem.ts';
import { rangesOf } from '../lib/ip.ts';
import { isTar } from './schema/text.ts';
import type { ParsedClusterFile } from './schema/cluster-file.ts';
import type { SpecSource } from './source.ts';

/** Fills in what follows from other fields, and makes every path absolute. */
export function complete(parsed: ParsedClusterFile, input: Input, source: SpecSource): ClusterSpec {
  const { env } = source;
  const folder = source.file === undefined ? '.' : dirname(source.file.path);
  const absolute = (text: string, path: Path): string => {
    return resolve(input.isFromFile(path) ? folder : '.', expandHome(text, env['HOME']));
  };
  const at = <K extends string>(key: K, text: string | undefined, path: Path): Partial<Record<K, string>> =>
    text === undefined ? {} : ({ [key]: absolute(text, [...path, key]) } as Record<K, string>);
  const { ssh, cni, artifacts, kubernetes, registryMirrors } = parsed;
  const keyFile = at('keyFile', ssh.keyFile, ['ssh']);
  const bastion: BastionSpec | undefined = ssh.bastion && {
    user: ssh.user,
    ...keyFile,
    ...ssh.bastion,
    ...at('keyFile', ssh.bastion.keyFile, ['ssh', 'bastion']),
  };
  const roles = rolesOf(parsed.hosts);
  const machines = parsed.hosts.map((host, index): HostSpec => ({
    user: ssh.user,
    port: ssh.port,
    ...keyFile,
    ...host,
    role: roles[index] ?? 'worker',
    ...at('keyFile', host.keyFile, ['hosts', index]),
  }));
  return {
    ...parsed,
    kind: withoutCounts(parsed.kind),
    kubernetes: {
      ...kubernetes,
      serviceCIDR: kubernetes.serviceCIDR ?? servicesBeside(cni.podCIDR),
      kubeadmPatches: kubernetes.kubeadmPatches,
    },
    cni: { ...cni, ...(isUrl(cni.manifest) ? {} : at('manifest', cni.manifest, ['cni'])) },
    ssh: {
      ...ssh,
      ...keyFile,
      ...at('knownHosts', ssh.knownHosts, ['ssh']),
      ...(bastion === undefined ? {} : { bastion }),
    } as ClusterSpec['ssh'],
    hosts: parsed.provider === 'kind' ? kindHosts(parsed, roles) : machines,
    images: parsed.images.map((image, index) => (isTar(image) ? absolute(image, ['images', index]) : image)),
    artifacts: {
      ...artifacts,
      ...(artifacts.mirror === undefined ? {} : { mirror: artifacts.mirror.replace(/\/+$/, '') }),
      ...at('checksums', artifacts.checksums, ['artifacts']),
      cacheDir:
        artifacts.cacheDir === undefined
          ? defaultCache(env)
          : absolute(artifacts.cacheDir, ['artifacts', 'cacheDir']),
    },
    registryMirrors: Object.fromEntries(
      Object.entries(registryMirrors).map(([name, url]) => [name, url.replace(/\/+$/, '')]),
    ),
  };
}

/** kubeadm's own default, and kind's for IPv6. */
const SERVICES = { 4: '10.96.0.0/16', 6: 'fd00:10:96::/112' } as const;

function servicesBeside(podCIDR: string): string {
  return rangesOf(podCIDR)
    .families.map((family) => SERVICES[family])
    .join(',');
}

/** The numbers of nodes have become hosts. */
function withoutCounts({ nodeImage, apiServerPort, portMappings }: ParsedClusterFile['kind']): KindSpec {
  return {
    ...(nodeImage === undefined ? {} : { nodeImage }),
    ...(apiServerPort === undefined ? {} : { apiServerPort }),
    portMappings,
  };
}

export function isUrl(text: string | undefined): text is string {
  return text !== undefined && /^https?:\/\//i.test(text);
}

/** The first host is the control plane unless it has another role or one of the others is. */
function rolesOf(hosts: ParsedClusterFile['hosts']): readonly (HostSpec['role'] | undefined)[] {
  const roles = hosts.map(({ role }) => role);
  return roles.includes('control-plane')
    ? roles
    : roles.map((role, index) => (index === 0 ? (role ?? 'control-plane') : role));
}

function defaultCache(env: SpecSource['env']): string {
  const { RUNNER_TOOL_CACHE: tools, XDG_CACHE_HOME: cache, HOME: home } = env;
  const base =
    [tools, cache].find((path) => path !== undefined && path !== '') ?? join(home ?? homedir(), '.cache');
  return join(resolve(base), 'k8s-bootstrap');
}
