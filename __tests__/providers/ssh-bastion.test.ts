import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../src/lib/clock.ts';
import { providers } from '../../src/providers/index.ts';
import type { ClusterSpec, HostSpec } from '../../src/spec/cluster-spec.ts';
import { fakeHost, fakeSpec } from '../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../helpers/failure.ts';
import { makeKey } from '../helpers/ssh-keys.ts';
import { TestSshServer } from '../helpers/ssh-server.ts';

const hostKey = makeKey();
const jumpKey = makeKey();
let dir: string;
let server: TestSshServer;
let jump: TestSshServer;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'provider-'));
  server = await TestSshServer.start({ authorized: hostKey });
  jump = await TestSshServer.start({ authorized: jumpKey });
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await jump[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true });
});

function file(name: string, content: string): string {
  const path = join(dir, name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

/** Connects to the second host of a spec. */
async function hello(ssh: Partial<ClusterSpec['ssh']>, changes: Partial<HostSpec> = {}): Promise<string> {
  const host = { ...fakeHost(1, false), address: '127.0.0.1', port: server.port, ...changes };
  const base = { user: 'ops', port: 22, hostKeyChecking: 'strict' } as const;
  const spec = fakeSpec({ with: { ssh: { ...base, ...ssh }, hosts: [fakeHost(0, true), host] } });
  const options = { spec, signal: quiet, clock: systemClock, onWarning: () => undefined };
  const runner = await providers.ssh.connect(host, options);
  const { stdout } = await runner.run(['echo', 'hello']);
  await runner.close();
  return stdout;
}
const bastionOf = () => ({ address: '127.0.0.1', user: 'me', port: jump.port, hostKey: jump.fingerprint });

describe('known hosts', () => {
  test.each(['text', 'file'] as const)('of a %s let the right host in', async (by) => {
    const lines = server.knownHosts();
    const known = by === 'text' ? { knownHostsText: lines } : { knownHosts: file('known_hosts', lines) };
    expect(await hello({ key: hostKey.private, ...known })).toBe('hello\n');
  });

  test('hold for the bastion as well', async () => {
    const bastion = { address: '127.0.0.1', user: 'me', port: jump.port };
    const keyFile = file('jump', jumpKey.private);
    const ssh = { key: hostKey.private, bastion: { ...bastion, keyFile } };
    const both = `${server.knownHosts()}${jump.knownHosts()}`;
    expect(await hello({ ...ssh, knownHostsText: both })).toBe('hello\n');
    expect(await bootstrapFailure(hello({ ...ssh, knownHostsText: server.knownHosts() }))).toMatchObject({
      code: 'E_HOST_UNKNOWN',
      where: 'ssh.bastion.address',
    });
  });
});

describe('a bastion', () => {
  test('with a key file of its own', async () => {
    const bastion = { ...bastionOf(), keyFile: file('jump', jumpKey.private) };
    const pinned = { hostKey: server.fingerprint };
    expect(await hello({ key: hostKey.private, bastion }, pinned)).toBe('hello\n');
    expect(jump).toMatchObject({ connections: 1, commands: [] });
  });

  test('without one takes the common key file, not the host’s', async () => {
    const ssh = { keyFile: file('jump', jumpKey.private), bastion: bastionOf() };
    const own = { hostKey: server.fingerprint, keyFile: file('own', hostKey.private) };
    expect(await hello(ssh, own)).toBe('hello\n');
  });

  test('does not stand in for the host’s own check', async () => {
    const ssh = { key: hostKey.private, bastion: { ...bastionOf(), keyFile: file('jump', jumpKey.private) } };
    expect(await bootstrapFailure(hello(ssh, { hostKey: makeKey().fingerprint }))).toMatchObject({
      code: 'E_HOSTKEY',
      where: 'hosts[1].address',
    });
    expect(server.authAttempts).toBe(0);
  });
});
