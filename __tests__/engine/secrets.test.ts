import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { BootstrapError } from '../../src/lib/errors.ts';
import { fakeSpec } from '../helpers/cluster.ts';
import { bootstrapFailure } from '../helpers/failure.ts';
import { FakeBed } from '../helpers/fake-bed.ts';
import { unitEnd } from '../helpers/fake-machine.ts';

/** Everything of a value, also what JSON leaves out of errors. */
const everything = (value: unknown): string =>
  inspect(value, { depth: Infinity, showHidden: true, maxArrayLength: null, maxStringLength: null });

const FOLLOW = /tail -n \+1/;

describe('secrets', () => {
  const ssh = {
    ...fakeSpec().ssh,
    key: '-----BEGIN KEY-----\nfirst-line-of-the-key\nsecond-line-of-the-key\n-----END KEY-----\n',
    passphrase: 'pass phrase',
    sudoPassword: 'hunter-two',
  };
  const known = ['first-line-of-the-key', 'second-line-of-the-key', 'pass phrase', 'hunter-two'];

  test('are in no event and in no error, whatever hosts print', async () => {
    using bed = new FakeBed({ with: { ssh } });
    const leak = (): string => ['error:', ...known, bed.machine(1).token].join(' ');
    const { connect } = bed;
    bed.connect = (host, options) => {
      options.onWarning(`weak: ${leak()}`);
      return connect(host, options);
    };
    bed
      .machine(1)
      .on(FOLLOW, (argv) => unitEnd(argv, `${leak()}\n`, 1))
      .on('journalctl', leak);
    const error = await bootstrapFailure(bed.up());
    const secrets = [...known, bed.machine(1).token];
    expect(secrets.at(-1)).toMatch(/^\w{6}\.\w{16}$/);
    expect(error.message).toContain('error: *** *** *** *** ***');
    expect(bed.eventsOf('warning')[0]).toMatchObject({
      host: '10.0.0.1',
      message: 'weak: error: *** *** *** *** ',
    });
    const told = everything([error, bed.events.filter(({ type }) => type !== 'secret')]);
    expect(secrets.filter((secret) => told.includes(secret))).toEqual([]);
    expect(told).toContain('***');
  });

  test('are told to the front end first, so that it can mask them', async () => {
    using bed = new FakeBed({ with: { ssh } });
    await bed.up();
    expect(bed.events.slice(0, 3)).toEqual(
      [ssh.key, ssh.passphrase, ssh.sudoPassword].map((value) => ({ type: 'secret', value })),
    );
    expect(bed.eventsOf('secret').map(({ value }) => value)).toContain(bed.machine(1).token);
  });

  test('are redacted in hints, in each of several errors, and in the errors of steps', async () => {
    using bed = new FakeBed({ with: { ssh } });
    bed.connect = ({ address }) =>
      Promise.reject(
        new BootstrapError('E_SUDO', 'no: hunter-two', {
          host: address,
          hint: 'not hunter-two',
          cause: new Error('hunter-two'),
        }),
      );
    const error = await bootstrapFailure(bed.up());
    expect(error.errors).toHaveLength(3);
    expect(error.errors[2]).toMatchObject({ host: '10.0.0.3', message: 'no: ***', hint: 'not ***' });
    expect(bed.eventsOf('step-end').find((event) => event.error !== undefined)?.error).toMatchObject({
      message: 'no: ***',
    });
    const told = bed.events.filter(({ type }) => type !== 'secret');
    expect(everything([error, told])).not.toContain('hunter-two');
  });
});
