import { describe, expect, test } from '@jest/globals';
import { Host } from '../../src/host/host.ts';
import { fakeFacts, fakeHost } from '../helpers/cluster.ts';
import { FakeRunner } from '../helpers/fake-runner.ts';

const hostOf = (more: object = {}) => new Host({ ...fakeHost(0, true), ...more });

describe('Host', () => {
  test('reading what is not there yet is a defect', () => {
    const host = hostOf();
    expect(host.known).toBe(false);
    expect(() => host.runner).toThrow(TypeError);
    expect(() => host.facts).toThrow('10.0.0.1');
  });

  test('the node’s name is the user’s, else the host’s in lower case', () => {
    const host = hostOf();
    host.learn(fakeFacts(0, { hostname: 'Node-A' }));
    expect(host.nodeName).toBe('node-a');
    expect(hostOf({ name: 'given' }).nodeName).toBe('given');
  });

  test('the internal address is the user’s, else the default route’s, else the one it is reached at', () => {
    const host = hostOf({ address: 'h.example' });
    host.learn(fakeFacts(0));
    expect(host.internalAddress).toBe('10.0.0.1');
    host.learn(fakeFacts(0, { primaryAddresses: { 4: undefined, 6: 'fd00::1' } }));
    expect(host.internalAddress).toBe('h.example');
    expect(hostOf({ internalAddress: '192.168.0.9' }).internalAddress).toBe('192.168.0.9');
  });

  test('the internal address is of the cluster’s family', () => {
    const host = new Host(fakeHost(0, true), [6]);
    host.learn(fakeFacts(0, { primaryAddresses: { 4: '10.0.0.1', 6: 'fd00::1' } }));
    expect(host.internalAddress).toBe('fd00::1');
  });

  test('with dual stack there is an internal address of each family, the primary one first', () => {
    const facts = fakeFacts(0, { primaryAddresses: { 4: '10.0.0.1', 6: 'fd00::1' } });
    const addressesOf = (families: readonly (4 | 6)[], internalAddress?: string) => {
      const given = internalAddress === undefined ? {} : { internalAddress };
      const host = new Host({ ...fakeHost(0, true), ...given }, families);
      host.learn(facts);
      return host.internalAddresses;
    };
    expect(addressesOf([4, 6])).toEqual(['10.0.0.1', 'fd00::1']);
    expect(addressesOf([6, 4])).toEqual(['fd00::1', '10.0.0.1']);
    expect(addressesOf([4, 6], 'fd00::9')).toEqual(['10.0.0.1', 'fd00::9']);
    expect(addressesOf([6, 4], '10.0.0.9,fd00::9')).toEqual(['fd00::9', '10.0.0.9']);
  });

  test('scripts are POSIX shell as root, stop at the first error, and get arguments as arguments', async () => {
    const host = hostOf();
    const runner = new FakeRunner([['sh -c', '']]);
    host.attach(runner);
    await host.sh('echo "$1"', ['$(id)']);
    expect(runner.calls[0]?.argv).toEqual(['sh', '-c', 'set -eu\necho "$1"', 'k8s-bootstrap', '$(id)']);
    expect(runner.calls[0]?.options.sudo).toBe(true);
  });

  test('files are written as root', async () => {
    const host = hostOf();
    const runner = new FakeRunner();
    host.attach(runner);
    await host.write('/x', 'data', { mode: 0o600 });
    expect(runner.uploads).toEqual([
      { content: { data: 'data' }, path: '/x', options: { mode: 0o600, sudo: true } },
    ]);
  });
});
