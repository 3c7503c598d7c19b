import { createHash } from 'node:crypto';
import { isRecord } from '../../lib/record.ts';
import { sanitizeLine } from '../../lib/sanitize.ts';
import { hostOf } from '../../providers/kind/config.ts';
import { API_PORT, nameOf, type Container } from '../../providers/kind/inventory.ts';
import type { Finding } from '../../report/model.ts';
import { canonicalAddress } from '../../spec/address.ts';
import { bracketed } from '../../lib/ip.ts';
import type { ClusterSpec } from '../../spec/cluster-spec.ts';
import type { Cluster } from '../cluster.ts';

/** Values by field of the cluster file. */
type Settings = Readonly<Record<string, string>>;

const PATCHES = 'kubernetes.kubeadmPatches';

/** What kind makes a cluster with, and Docker does not tell of it. Patches may hold secrets, so that a digest stands for them. */
export function settingsOf({ kubernetes }: ClusterSpec): Settings {
  const { serviceCIDR, dnsDomain, controlPlaneEndpoint = '', kubeadmPatches } = kubernetes;
  return {
    'kubernetes.serviceCIDR': serviceCIDR,
    'kubernetes.dnsDomain': dnsDomain,
    // The certificate is of the host alone.
    'kubernetes.controlPlaneEndpoint': controlPlaneEndpoint === '' ? '' : hostOf(controlPlaneEndpoint),
    [PATCHES]: digestOf(kubeadmPatches),
  };
}

/** The same for whatever order the user gave a document's fields in. */
function digestOf(patches: readonly unknown[]): string {
  const text = JSON.stringify(patches, (_, value: unknown) =>
    isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
  return createHash('sha256').update(text).digest('hex');
}

/** Settings of a whole cluster that are not what is asked for, and that only making it anew would change. */
export function settledFindings(cluster: Cluster): readonly Finding[] {
  const { kind, controlPlane } = cluster;
  const container = kind.containers.find((one) => nameOf(one) === controlPlane.address);
  return [
    ...rememberedFindings(cluster),
    ...(container === undefined
      ? []
      : [...imageFindings(cluster, container), ...mappingFindings(cluster, container)]),
    ...apiServerFindings(cluster),
  ];
}

/** A state that an older version wrote has none of them, or not all. */
function rememberedFindings({ spec, controlPlane }: Cluster): readonly Finding[] {
  const remembered: unknown = controlPlane.state?.settings;
  if (!isRecord(remembered)) return [];
  return Object.entries(settingsOf(spec)).flatMap(([field, wanted]) => {
    const has = remembered[field];
    if (typeof has !== 'string' || has === wanted) return [];
    if (field === PATCHES) return [differs(`${field} are not those that the cluster was made with`)];
    // Without a name of the user's, clients go by the one that every cluster has.
    return wanted === '' ? [] : [notAs(field, has, wanted)];
  });
}

function imageFindings({ spec, kind }: Cluster, { Config }: Container): readonly Finding[] {
  const { Image: has } = Config;
  if (has === undefined) return [];
  // Whoever names none gets the published one of the version, of which there may be a newer build meanwhile.
  const same =
    spec.kind.nodeImage === undefined
      ? repositoryOf(has) === repositoryOf(kind.nodeImage)
      : isSameImage(has, spec.kind.nodeImage);
  return same ? [] : [notAs('kind.nodeImage', has, kind.nodeImage)];
}

function repositoryOf(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
}

function isSameImage(one: string, other: string): boolean {
  const [name, digest] = one.split('@');
  const [otherName, otherDigest] = other.split('@');
  if (digest !== undefined && otherDigest !== undefined) return digest === otherDigest;
  return name === otherName;
}

function mappingFindings({ spec }: Cluster, { NetworkSettings }: Container): readonly Finding[] {
  const wanted = new Map(
    spec.kind.portMappings.map(({ listenAddress, hostPort, containerPort, protocol }) => {
      const port = `${String(containerPort)}/${protocol.toLowerCase()}`;
      return mapping(listenAddress, String(hostPort), port);
    }),
  );
  const has = new Map(
    Object.entries(NetworkSettings.Ports ?? {}).flatMap(([port, on]) =>
      (on ?? [])
        .map(({ HostIp, HostPort }) => mapping(HostIp, HostPort, port))
        // kind itself publishes the API server.
        .filter(([key]) => port !== API_PORT || wanted.has(key)),
    ),
  );
  if (wanted.size === has.size && [...wanted.keys()].every((key) => has.has(key))) return [];
  const list = (mappings: typeof has): string => [...mappings.values()].sort().join(', ');
  return [notAs('kind.portMappings', list(has), list(wanted))];
}

/** What tells one from another, and how it is written. */
function mapping(address: string, hostPort: string, port: string): readonly [string, string] {
  return [`${canonicalAddress(address)} ${hostPort} ${port}`, `${bracketed(address)}:${hostPort}:${port}`];
}

function apiServerFindings({ spec, publishedEndpoint }: Cluster): readonly Finding[] {
  const wanted = spec.kind.apiServerPort;
  const has = publishedEndpoint?.slice(publishedEndpoint.lastIndexOf(':') + 1);
  return wanted === undefined || has === undefined || has === String(wanted)
    ? []
    : [notAs('kind.apiServerPort', has, String(wanted))];
}

function notAs(field: string, has: string, wanted: string): Finding {
  const shown = (value: string): string => (value === '' ? 'none' : sanitizeLine(value));
  return differs(`${field} of the cluster: ${shown(has)}; asked for: ${shown(wanted)}`);
}

function differs(message: string): Finding {
  return {
    id: 'settings-differ',
    severity: 'error',
    message,
    hint: 'ask for what the cluster has, or run `k8s-bootstrap down` first',
  };
}
