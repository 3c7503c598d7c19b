import * as z from 'zod';
import { isAddress, isDnsName, isPort, parseHostPort, parseIp } from '../address.ts';
import type { Family } from '../../lib/ip.ts';
import { canonicalCidr, parseCidr } from '../cidr.ts';

/** Texts of one kind each. An error says what is wrong and, behind a `;`, what to do. */

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

function pattern(regex: RegExp, error: string): z.ZodString {
  return z.string().max(4096).regex(regex, { error });
}

function checked(valid: (text: string) => boolean, error: string): z.ZodString {
  return z.string().max(4096).refine(valid, { error });
}

export const address = checked(
  isAddress,
  'is not an address; give an IPv4 or IPv6 address without a zone, or a DNS name',
);

export const ipAddress = checked(
  (text) => parseIp(text) !== undefined,
  'is not an IP address; give an IPv4 or IPv6 address without a zone',
);

/** One of a node, or of each family one. */
export const ipAddresses = perFamily(
  (text) => parseIp(text)?.family,
  () =>
    'is not an IP address; give an IPv4 or IPv6 address without a zone, or one of each with a comma between',
);

export const hostPort = checked(
  (text) => parseHostPort(text) !== undefined,
  'is not host[:port]; put IPv6 in brackets',
);

export const port = z
  .int()
  .refine(isPort, { error: 'is not a port; give a number from 1 to 65535' })
  .meta({ minimum: 1, maximum: 65_535 });

export const user = pattern(
  /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/,
  'is not a user name; letters, digits, "_", "." and "-" are allowed, 32 at most',
);

export const dnsLabel = pattern(
  DNS_LABEL,
  'is not a name; lower-case letters, digits and "-" are allowed, 63 at most',
);

export const nodeName = checked(
  (text) => text.length <= 63 && text.split('.').every((part) => DNS_LABEL.test(part)),
  'is not a node name; lower-case letters, digits, "-" and "." are allowed, 63 at most',
);

export const dnsDomain = checked(
  (text) => isDnsName(text) && text === text.toLowerCase(),
  'is not a DNS domain; write it in lower case, such as cluster.local',
);

/** Of pods or Services: one block, or of each family one. */
export const cidrs = perFamily(
  (text) => parseCidr(text)?.family,
  (text) => {
    const proper = canonicalCidr(text);
    return proper === undefined
      ? 'is not a CIDR; write one block such as 10.244.0.0/16, or one of each IP family with a comma between'
      : `has bits set behind its prefix; write ${proper}`;
  },
);

/** As Kubernetes writes what a dual-stack cluster has two of. */
function perFamily(
  familyOf: (text: string) => Family | undefined,
  wrong: (text: string) => string,
): z.ZodString {
  return z
    .string()
    .max(4096)
    .overwrite((text) => text.replaceAll(/\s*,\s*/g, ','))
    .check((context) => {
      const { value } = context;
      const parts = value.split(',');
      const families = parts.map(familyOf);
      const at = families.indexOf(undefined);
      const part = parts[at];
      const refuse = (message: string): void => {
        context.issues.push({ code: 'custom', message, input: value });
      };
      if (part !== undefined)
        refuse(parts.length === 1 ? wrong(part) : `${JSON.stringify(part)} ${wrong(part)}`);
      else if (new Set(families).size < families.length)
        refuse('has two of one IP family; give one, or one of IPv4 and one of IPv6');
    });
}

export const fingerprint = pattern(
  /^SHA256:[A-Za-z0-9+/]{43}=?$/,
  'is not a host key fingerprint; write SHA256: and 43 characters, as ssh-keygen -lf prints it',
);

export const sha256 = pattern(/^[0-9a-fA-F]{64}$/, 'is not a sha256; give 64 hex digits').overwrite((text) =>
  text.toLowerCase(),
);

export const path = pattern(/^[^\0\r\n]+$/, 'is not a path; give one on a single line');

/** No user, query or fragment: none has a meaning here, and a password in a URL would be printed. */
export const url = checked(
  (text) => /^https?:\/\/[\w.~:/%[\]-]+$/.test(text) && URL.canParse(text) && new URL(text).hostname !== '',
  'is not a URL of this kind; give http(s)://host[:port][/path] without user, query or fragment',
);

export const registry = pattern(
  /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/,
  'is not the name of a registry; write it as in image names, such as docker.io',
);

export const image = pattern(
  /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?\/)?[a-z0-9]+([._/-]+[a-z0-9]+)*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/,
  'is not an image reference; write [registry/]name[:tag][@sha256:…]',
);

/** Whether an entry of `images` is the path of a tar, and not a name in Docker. */
export const isTar = (text: string): boolean => /\.tar$/i.test(text) || /^([.]{0,2}|~)\//.test(text);

export const localImage = checked(
  (text) => (isTar(text) ? path : image).safeParse(text).success,
  'is neither an image in Docker ([registry/]name[:tag]) nor the path of a tar (*.tar)',
).refine((text) => !hasDigest(text), {
  error: 'has a digest, under which nodes would not find it (docker save leaves it out); give it as name:tag',
});

function hasDigest(text: string): boolean {
  return !isTar(text) && text.includes('@') && image.safeParse(text).success;
}

export const id = pattern(/^[A-Za-z0-9][\w.:-]{0,99}$/, 'is not an id; letters, digits and "-" are allowed');

export const kubeletVersion = pattern(
  /^v?\d{1,3}\.\d{1,3}\.\d{1,3}(-[0-9A-Za-z.-]{1,40})?$/,
  'is not an exact Kubernetes version; write it like 1.35.8',
).overwrite((text) => text.replace(/^v/, ''));

export const componentVersion = pattern(
  /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/,
  'is not a version; write it like 1.2.3, without a v',
);

export const seconds = z
  .number()
  .positive({ error: 'is no time; give seconds above 0' })
  .max(86_400, { error: 'is too long; at most 86400 seconds, a day' });

export const secret = z.string().min(1).max(65_536);
