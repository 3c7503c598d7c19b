import type { Family } from '../lib/ip.ts';

export interface InterfaceAddress {
  readonly link: string;
  readonly family: Family;
  readonly address: string;
  readonly prefix: number;
  /** Scope global, so neither loopback nor link-local. */
  readonly global: boolean;
  /** Of IPv6, made for privacy or deprecated: it will not last. */
  readonly temporary?: true;
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
        ...(/\bscope \w+.* (temporary|deprecated)\b/.test(line) ? { temporary: true as const } : {}),
      } as const,
    ];
  });
}

/** Parses the first line of `ip -o route show default`. */
export function defaultRouteOf(lines: readonly string[]): { readonly link: string } | undefined {
  const link = /^default\b.*\bdev (\S+)/.exec(lines[0] ?? '')?.[1];
  return link === undefined ? undefined : { link };
}

/** Destinations of `ip -o route show`; those that packets do not get to (`blackhole 10.0.0.0/8`) as well. */
export function routesOf(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => /^(?:[a-z]+ )??(default|[\da-f.:]+(?:\/\d+)?)(?= |$)/.exec(line)?.[1] ?? []);
}

/** A family's address on the interface of its default route, else its first global one; those that last come first. */
export function primaryAddressOf(
  family: Family,
  addresses: readonly InterfaceAddress[],
  route: { readonly link: string } | undefined,
): string | undefined {
  const own = addresses.filter((one) => one.family === family && (family === 4 || one.global));
  const lasting = [...own.filter(({ temporary }) => !temporary), ...own.filter(({ temporary }) => temporary)];
  return (lasting.find(({ link }) => link === route?.link) ?? lasting.find(({ global }) => global))?.address;
}

/** What the host's network is used for by others, which a reset leaves alone. */
export interface NetworkUse {
  readonly links: readonly string[];
  /** Names or numbers of routing tables, as `ip` shows them. */
  readonly routeTables: readonly string[];
  /** Who made routes, in `ip`'s words: `kernel`, `dhcp`, `bird`, … */
  readonly routeProtocols: readonly string[];
  /** Whether there are virtual servers of IPVS. */
  readonly ipvs: boolean;
}

/** @param section lines of a section of the facts. */
export function networkUseOf(section: (name: string) => readonly string[]): NetworkUse {
  const words = section('routing').map((line) => line.split(' '));
  const of = (...keys: readonly string[]): readonly string[] => [
    ...new Set(words.flatMap(([key = '', value = '']) => (keys.includes(key) ? [value] : []))),
  ];
  return {
    links: section('links'),
    routeTables: of('table', 'lookup'),
    routeProtocols: of('proto'),
    ipvs: section('ipvs').length > 0,
  };
}
