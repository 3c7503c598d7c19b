export interface InterfaceAddress {
  readonly link: string;
  readonly family: 4 | 6;
  readonly address: string;
  readonly prefix: number;
  /** Scope global, so neither loopback nor link-local. */
  readonly global: boolean;
}

/** Parses `ip -o address show`. */
export function addressesOf(lines: readonly string[]): readonly InterfaceAddress[] {
  return lines.flatMap((line) => {
    const match = /^\d+:\s+(\S+)\s+inet(6?)\s+([0-9a-fA-F:.]+)\/(\d+).*\bscope (\w+)/.exec(line);
    if (match === null) return [];
    const [, link = '', six, address = '', prefix = '0', scope] = match;
    return [
      {
        link,
        family: six === '6' ? 6 : 4,
        address,
        prefix: Number(prefix),
        global: scope === 'global',
      } as const,
    ];
  });
}

/** Parses the first line of `ip -o route show default`. */
export function defaultRouteOf(lines: readonly string[]): { readonly link: string } | undefined {
  const link = /^default\b.*\bdev (\S+)/.exec(lines[0] ?? '')?.[1];
  return link === undefined ? undefined : { link };
}
