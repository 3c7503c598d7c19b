/** The host's own iptables: versions and variants that differ from a CNI's do not always understand each other's rules. */
export interface IptablesFacts {
  readonly version: string;
  readonly backend: 'nft' | 'legacy';
}

/** Parses `iptables --version`; before 1.8 there was only one variant. */
export function iptablesOf(line: string): IptablesFacts | undefined {
  const [, version, variant] = /^iptables v(\d[\d.]*)(?: \((\w+)\))?/.exec(line) ?? [];
  return version === undefined ? undefined : { version, backend: variant === 'nf_tables' ? 'nft' : 'legacy' };
}
