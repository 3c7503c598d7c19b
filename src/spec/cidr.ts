import { parseIp, type IpAddress } from './address.ts';
import type { Family } from '../lib/ip.ts';

/** A block of addresses; host bits are zero. */
export interface Cidr {
  readonly family: Family;
  readonly base: bigint;
  readonly prefix: number;
}

/** Reads `address/prefix`. Undefined for anything else, also where host bits are set: see `canonicalCidr`. */
export function parseCidr(text: string): Cidr | undefined {
  const block = parseLoosely(text);
  return block !== undefined && block.base === block.address ? block : undefined;
}

/** The block that an address with host bits lies in, written properly; undefined if that is not what is wrong. */
export function canonicalCidr(text: string): string | undefined {
  const block = parseLoosely(text);
  return block === undefined ? undefined : formatCidr(block);
}

export function formatCidr({ family, base, prefix }: Cidr): string {
  const [digits, bits] = family === 4 ? [4, 8n] : [8, 16n];
  const groups = Array.from(
    { length: digits },
    (_, index) => (base >> (bits * BigInt(digits - 1 - index))) & ((1n << bits) - 1n),
  );
  if (family === 4) return `${groups.join('.')}/${String(prefix)}`;
  return `${compress(groups.map((group) => group.toString(16)))}/${String(prefix)}`;
}

export function contains(block: Cidr, ip: IpAddress): boolean {
  return block.family === ip.family && maskTo(ip, block.prefix) === block.base;
}

export function overlap(a: Cidr, b: Cidr): boolean {
  const [outer, inner] = a.prefix <= b.prefix ? [a, b] : [b, a];
  return contains(outer, { family: inner.family, value: inner.base });
}

/** Bits of an address of the family. */
export function widthOf(family: Family): number {
  return family === 4 ? 32 : 128;
}

function parseLoosely(text: string): (Cidr & { readonly address: bigint }) | undefined {
  const [, address = '', digits = ''] = /^([0-9a-fA-F.:]{2,45})\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const ip = parseIp(address);
  const prefix = Number(digits);
  if (ip === undefined || prefix > widthOf(ip.family)) return undefined;
  return { family: ip.family, base: maskTo(ip, prefix), prefix, address: ip.value };
}

function maskTo({ family, value }: IpAddress, prefix: number): bigint {
  const hostBits = BigInt(widthOf(family) - prefix);
  return (value >> hostBits) << hostBits;
}

/** RFC 5952: the longest run of two or more zero groups, the first one of equals, becomes `::`. */
function compress(groups: readonly string[]): string {
  const runs = [...groups.join(':').matchAll(/(?<![^:])0(?::0)+(?![^:])/g)];
  const longest = runs.reduce((best, [run]) => (run.length > best.length ? run : best), '');
  if (longest === '') return groups.join(':');
  const at = runs.find(([run]) => run === longest)?.index ?? 0;
  const text = groups.join(':');
  return `${text.slice(0, at).replace(/:$/, '')}::${text.slice(at + longest.length).replace(/^:/, '')}`;
}
