import type { KubeObject } from '../../kube/objects.ts';
import { isRecord, valueAt } from '../../lib/record.ts';
import type { PodRange } from '../cni.ts';

/** What the manifest of a known CNI says of pods' addresses. */
export function podRangesOf(objects: readonly KubeObject[]): readonly PodRange[] {
  return [...flannelRanges(objects), ...ciliumRanges(objects), ...variables(objects)];
}

function flannelRanges(objects: readonly KubeObject[]): readonly PodRange[] {
  return configMaps(objects, 'net-conf.json').flatMap((text) => {
    const { Network, EnableIPv4, IPv6Network, EnableIPv6 } = jsonOf(text);
    return [
      ...(EnableIPv4 === false ? [] : [{ key: 'Network', cidr: Network }]),
      ...(EnableIPv6 === true ? [{ key: 'IPv6Network', cidr: IPv6Network }] : []),
    ].flatMap(({ key, cidr }) =>
      typeof cidr === 'string' ? [{ where: `net-conf.json ${key}`, cidr, holdsNodes: true }] : [],
    );
  });
}

/** With its other ways to hand out addresses Cilium does not look at them. */
function ciliumRanges(objects: readonly KubeObject[]): readonly PodRange[] {
  return objects
    .filter(({ kind, data }) => kind === 'ConfigMap' && valueAt(data, ['ipam']) === 'cluster-pool')
    .flatMap(({ data }) =>
      ['cluster-pool-ipv4-cidr', 'cluster-pool-ipv6-cidr'].flatMap((where) => {
        const text = valueAt(data, [where]);
        const cidrs = typeof text === 'string' ? text.split(/[\s,]+/).filter(Boolean) : [];
        return cidrs.map((cidr) => ({ where, cidr, holdsNodes: false }));
      }),
    );
}

const names: readonly unknown[] = ['CALICO_IPV4POOL_CIDR', 'CALICO_IPV6POOL_CIDR', 'IPALLOC_RANGE'];

/** Calico's and Weave Net's. */
function variables(objects: readonly KubeObject[]): readonly PodRange[] {
  return objects
    .flatMap((object) =>
      ['containers', 'initContainers'].map((list) => valueAt(object, ['spec', 'template', 'spec', list])),
    )
    .flatMap((containers): readonly unknown[] => (Array.isArray(containers) ? containers : []))
    .flatMap((container): readonly unknown[] => {
      const env = valueAt(container, ['env']);
      return Array.isArray(env) ? env : [];
    })
    .flatMap((variable) => {
      const { name, value } = isRecord(variable) ? variable : {};
      return typeof name === 'string' && names.includes(name) && typeof value === 'string'
        ? [{ where: name, cidr: value, holdsNodes: false }]
        : [];
    });
}

function configMaps(objects: readonly KubeObject[], key: string): readonly string[] {
  return objects.flatMap(({ kind, data }) => {
    const text = kind === 'ConfigMap' ? valueAt(data, [key]) : undefined;
    return typeof text === 'string' ? [text] : [];
  });
}

function jsonOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
