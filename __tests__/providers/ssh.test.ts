import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { providers } from '../../src/providers/index.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { ClusterSpec, HostSpec } from '../../src/spec/cluster-spec.ts';
import { fakeHost, fakeSpec } from '../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../helpers/failure.ts';
import { makeKey } from '../helpers/ssh-keys.ts';
import { TestSshServer } from '../helpers/ssh-server.ts';

const key = makeKey();
let dir: string;
let server: TestSshServer;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'provider-'));
  writeFileSync(join(dir, 'key'), key.private, { mode: 0o600 });
  server = await TestSshServer.start({ authorized: key });
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true });
});

async function connect(ssh: Partial<ClusterSpec['ssh']>, changes: Partial<HostSpec> = {}) {
  const host = { ...fakeHost(0, true), address: '127.0.0.1', port: server.port, ...changes };
  const base = { user: 'ops', port: 22, hostKeyChecking: 'strict' } as const;
  const spec = fakeSpec({ with: { ssh: { ...base, ...ssh }, hosts: [host] } });
  const warnings: string[] = [];
  const runner = await providers.ssh.connect(host, {
    spec,
    signal: quiet,
    clock: systemClock,
    onWarning: (message) => warnings.push(message),
  });
  const { stdout } = await runner.run(['echo', 'hello']);
  await runner.close();
  return { stdout, warnings };
}
const pinned = () => ({ hostKey: server.fingerprint });

describe('the provider ssh', () => {
  test('logs in with the key file, the host’s own before the common one', async () => {
    const keyFile = join(dir, 'key');
    expect(await connect({ keyFile }, pinned())).toEqual({ stdout: 'hello\n', warnings: [] });
    expect(await connect({ keyFile: '/nowhere' }, { ...pinned(), keyFile })).toMatchObject({
      stdout: 'hello\n',
    });
  });

  test('logs in with the key itself', async () => {
    expect(await connect({ key: key.private }, pinned())).toMatchObject({ stdout: 'hello\n' });
  });

  test('a key that is not pinned is refused and names the host of the spec', async () => {
    expect(await bootstrapFailure(connect({ key: key.private }))).toMatchObject({
      code: 'E_HOST_UNKNOWN',
      where: 'hosts[0].address',
    });
  });

  test('what weakens the connection is told', async () => {
    const { warnings } = await connect({ key: key.private, hostKeyChecking: 'off' });
    expect(warnings).toHaveLength(1);
  });

  test('files that cannot be read are told by their field', async () => {
    expect(await bootstrapFailure(connect({ keyFile: '/nowhere' }, pinned()))).toMatchObject({
      code: 'E_KEY',
      where: 'ssh.keyFile',
    });
    expect(await bootstrapFailure(connect({ key: key.private, knownHosts: '/nowhere' }))).toMatchObject({
      code: 'E_SPEC',
      where: 'ssh.knownHosts',
    });
  });

  test('known hosts come from the file or the text', async () => {
    const wrong = `[127.0.0.1]:${String(server.port)} ssh-ed25519 ${makeKey().public.split(' ')[1] ?? ''}\n`;
    writeFileSync(join(dir, 'known_hosts'), wrong);
    const expected = { code: 'E_HOSTKEY' };
    expect(await bootstrapFailure(connect({ key: key.private, knownHostsText: wrong }))).toMatchObject(
      expected,
    );
    expect(
      await bootstrapFailure(connect({ key: key.private, knownHosts: join(dir, 'known_hosts') })),
    ).toMatchObject(expected);
  });

  test('a bastion has an address, a key and a pinned key of its own', async () => {
    const bastion = { address: '127.0.0.1', user: 'me', port: server.port };
    expect(await bootstrapFailure(connect({ key: key.private, bastion }, pinned()))).toMatchObject({
      code: 'E_HOST_UNKNOWN',
      where: 'ssh.bastion.address',
    });
  });
});
