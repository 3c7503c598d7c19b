import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalAddress, isAddress, parseHostPort, parseIp } from '../../src/spec/address.ts';
import {
  canonicalCidr,
  contains,
  formatCidr,
  overlap,
  parseCidr,
  widthOf,
  type Cidr,
} from '../../src/spec/cidr.ts';
import { parseHostLines } from '../../src/spec/host-lines.ts';

const block = fc
  .constantFrom<4 | 6>(4, 6)
  .chain((family) =>
    fc.tuple(fc.constant(family), fc.bigInt(0n, 2n ** BigInt(widthOf(family)) - 1n), fc.nat(widthOf(family))),
  )
  .map(([family, value, prefix]): Cidr => {
    const bits = BigInt(widthOf(family) - prefix);
    return { family, prefix, base: (value >> bits) << bits };
  });

describe('CIDR', () => {
  it('survives being written and read', () => {
    fc.assert(
      fc.property(block, (cidr) => {
        expect(parseCidr(formatCidr(cidr))).toMatchObject(cidr);
      }),
    );
  });

  it('contains its first and last address and overlaps itself and its parents', () => {
    fc.assert(
      fc.property(block, (cidr) => {
        const { family, base, prefix } = cidr;
        const size = 1n << BigInt(widthOf(family) - prefix);
        expect(contains(cidr, { family, value: base })).toBe(true);
        expect(contains(cidr, { family, value: base + size - 1n })).toBe(true);
        expect(contains(cidr, { family, value: base + size })).toBe(false);
        expect(overlap(cidr, { family, base: 0n, prefix: 0 })).toBe(true);
      }),
    );
  });

  it('overlaps exactly where the ranges of numbers do', () => {
    const range = ({ base, prefix }: Cidr): [bigint, bigint] => [
      base,
      base + (1n << BigInt(32 - prefix)) - 1n,
    ];
    const small = fc.tuple(fc.nat(255), fc.integer({ min: 24, max: 32 })).map(([low, prefix]): Cidr => {
      const bits = BigInt(32 - prefix);
      return { family: 4, prefix, base: (BigInt(low) >> bits) << bits };
    });
    fc.assert(
      fc.property(small, small, (a, b) => {
        const [[a0, a1], [b0, b1]] = [range(a), range(b)];
        expect(overlap(a, b)).toBe(a0 <= b1 && b0 <= a1);
      }),
    );
  });

  it.each([
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.0/08',
    'fd00::/129',
    'a/8',
    '10.0.0/8',
    'fe80::1%x/64',
    '010.0.0.0/8',
  ])('%s is none', (text) => {
    expect(canonicalCidr(text)).toBeUndefined();
  });

  it('is written as RFC 5952 wants it', () => {
    expect(canonicalCidr('FD00:0:0:1:0:0:0:9/64')).toBe('fd00:0:0:1::/64');
    expect(canonicalCidr('::1/128')).toBe('::1/128');
    expect(canonicalCidr('1:0:2:3:4:5:6:7/128')).toBe('1:0:2:3:4:5:6:7/128');
  });
});

describe('addresses', () => {
  it('are one for all spellings', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const [base] = formatCidr({ family: 6, base: parseIp(text)?.value ?? 0n, prefix: 128 }).split('/');
        expect(canonicalAddress(base ?? '')).toBe(canonicalAddress(text));
      }),
    );
    expect(canonicalAddress('Node.Example')).toBe('node.example');
  });

  it('never contain anything a shell, ssh or a URL would take as more than a name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        if (isAddress(text)) expect(text).toMatch(/^[A-Za-z0-9:][A-Za-z0-9.:-]*$/);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['a:22', { host: 'a', port: 22 }],
    ['[::1]:22', { host: '::1', port: 22 }],
    ['::1', { host: '::1' }],
    ['[a]:22', undefined],
    ['a:0', undefined],
    ['a:', undefined],
    ['fe80::1%x', undefined],
  ])('%s as host and port', (text, expected) => {
    expect(parseHostPort(text)).toEqual(expected);
  });
});

describe('host lines', () => {
  it('come back as they were written', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain());
    fc.assert(
      fc.property(
        address,
        fc.option(fc.integer({ min: 1, max: 65535 })),
        fc.constantFrom('', 'ops@'),
        (host, port, user) => {
          const place = host.includes(':') ? `[${host}]` : host;
          const line = `${user}${place}${port === null ? '' : `:${String(port)}`} name=n`;
          expect(parseHostLines(line)).toEqual({
            hosts: [
              {
                address: host,
                name: 'n',
                ...(user === '' ? {} : { user: 'ops' }),
                ...(port === null ? {} : { port }),
              },
            ],
            lines: [1],
            problems: [],
          });
        },
      ),
    );
  });

  it('never throw, and either give a host or a problem for each line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { hosts, lines, problems } = parseHostLines(text);
        expect(lines).toHaveLength(hosts.length);
        for (const { path } of problems) expect(Number(path[1])).toBeLessThan(hosts.length);
      }),
    );
  });
});
