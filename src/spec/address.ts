import { isIPv4, isIPv6 } from 'node:net';
import type { Family } from '../lib/ip.ts';

/** An IP address as a number. */
export interface IpAddress {
  readonly family: Family;
  readonly value: bigint;
}

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/** IPv4, IPv6 without a zone, or a DNS name. */
export function isAddress(text: string): boolean {
  return parseIp(text) !== undefined || isDnsName(text);
}

/** RFC 1123, at most 253 characters; the last label is not a number, since that is a misspelt IPv4 address. */
export function isDnsName(text: string): boolean {
  if (text.length > 253) return false;
  const labels = text.split('.');
  return labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '');
}

/** `host`, `host:port` or `[IPv6]:port`; a bare IPv6 address is one without a port. */
export function parseHostPort(text: string): { readonly host: string; readonly port?: number } | undefined {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^[\]:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (bracketed === undefined && plain === undefined)
    return isIPv6(text) && isAddress(text) ? { host: text } : undefined;
  const host = bracketed ?? plain ?? '';
  if (bracketed === undefined ? !isAddress(host) : parseIp(host)?.family !== 6) return undefined;
  if (port === undefined) return { host };
  return isPort(Number(port)) ? { host, port: Number(port) } : undefined;
}

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

/** The address as a number; undefined for anything but IPv4, or IPv6 without a zone. */
export function parseIp(text: string): IpAddress | undefined {
  if (isIPv4(text)) return { family: 4, value: fromDigits(text.split('.').map(Number), 8n) };
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const [head = '', tail] = text.split('::');
  const left = groupsOf(head);
  const right = groupsOf(tail ?? '');
  const gap = tail === undefined ? 0 : 8 - left.length - right.length;
  return { family: 6, value: fromDigits([...left, ...Array<number>(gap).fill(0), ...right], 16n) };
}

/** One spelling for all spellings of an address. */
export function canonicalAddress(text: string): string {
  const ip = parseIp(text);
  return ip === undefined ? text.toLowerCase() : `${String(ip.family)}:${ip.value.toString(16)}`;
}

function groupsOf(text: string): readonly number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

function fromDigits(digits: readonly number[], bits: bigint): bigint {
  return digits.reduce((sum, digit) => (sum << bits) | BigInt(digit), 0n);
}
