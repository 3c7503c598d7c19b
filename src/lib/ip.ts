/** Of IP addresses. */
export type Family = 4 | 6;

/** Addresses of a cluster's pods or Services, or of one node: of one family, or of each family one (dual stack). */
export interface Ranges {
  /** As given; the first is of the cluster's primary family. */
  readonly blocks: readonly string[];
  readonly families: readonly Family[];
  readonly v4: string | undefined;
  readonly v6: string | undefined;
}

/** @param text valid: `10.244.0.0/16`, or as Kubernetes writes dual stack, `10.244.0.0/16,fd00:10:244::/56`. */
export function rangesOf(text: string): Ranges {
  const blocks = text.split(',');
  const families = blocks.map(familyOf);
  const of = (family: Family): string | undefined => blocks[families.indexOf(family)];
  return { blocks, families, v4: of(4), v6: of(6) };
}

/** @param text a valid address or CIDR. */
export function familyOf(text: string): Family {
  return text.includes(':') ? 6 : 4;
}

/** A host as URLs and `host:port` have it: IPv6 in brackets. */
export function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
