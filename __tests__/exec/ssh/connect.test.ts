import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { makeKey } from '../../helpers/ssh-keys.ts';
import { TestSshServer } from '../../helpers/ssh-server.ts';
import { connectTo, failureOf, targetOf, userKey } from '../../helpers/ssh-target.ts';

const listen = async (onSocket: (socket: Socket) => void) => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onSocket(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, [Symbol.dispose]: () => server.close() };
};
const greets = async (
  server: TestSshServer,
  ...args: Parameters<typeof targetOf> extends [unknown, ...infer R] ? R : never
) => {
  const runner = await connectTo(targetOf(server, ...args));
  const { stdout } = await runner.run(['echo', 'hello']);
  await runner.close();
  return stdout;
};

describe('host keys', () => {
  test('another key than the pinned one: no authentication, no second try', async () => {
    await using server = await TestSshServer.start();
    const pinned = makeKey();
    const error = await failureOf(connectTo(targetOf(server, { hostKey: pinned.fingerprint })));
    expect(error).toMatchObject({ code: 'E_HOSTKEY', host: '127.0.0.1', where: 'hosts[0]' });
    expect(error.message).toContain(pinned.fingerprint);
    expect(error.message).toContain(server.fingerprint);
    expect(server).toMatchObject({ authAttempts: 0, connections: 1 });
  });

  test('no pinned key: no authentication either', async () => {
    await using server = await TestSshServer.start();
    const error = await failureOf(connectTo(targetOf(server, { hostKey: undefined })));
    expect(error).toMatchObject({ code: 'E_HOST_UNKNOWN' });
    expect(error.message).toContain(server.fingerprint);
    expect(server).toMatchObject({ authAttempts: 0, connections: 1 });
  });

  test.each(['known_hosts', 'fingerprint'])(
    'an RSA key pinned by %s, of a server with a better one',
    async (by) => {
      const rsa = makeKey('rsa');
      await using server = await TestSshServer.start({ hostKeys: [makeKey(), makeKey('ecdsa'), rsa] });
      const pin =
        by === 'known_hosts'
          ? { hostKey: undefined, knownHosts: server.knownHosts(rsa) }
          : { hostKey: rsa.fingerprint };
      await expect(greets(server, pin)).resolves.toBe('hello\n');
      expect(server.authAttempts).toBe(1);
    },
  );

  test('none of the keys of a server is the pinned one', async () => {
    await using server = await TestSshServer.start({ hostKeys: [makeKey(), makeKey('ecdsa')] });
    const error = await failureOf(connectTo(targetOf(server, { hostKey: makeKey().fingerprint })));
    expect(error).toMatchObject({ code: 'E_HOSTKEY' });
    expect(server).toMatchObject({ authAttempts: 0, connections: 2 });
  });

  test.each(['accept-new', 'off'] as const)('%s is loud', async (hostKeyChecking) => {
    await using server = await TestSshServer.start();
    const warnings: string[] = [];
    const target = targetOf(server, {
      hostKey: undefined,
      hostKeyChecking,
      knownHosts: `@cert-authority * x`,
    });
    const runner = await connectTo(target, {
      onWarning: (message, host) => warnings.push(`${host}: ${message}`),
    });
    await runner.close();
    expect(warnings).toHaveLength(2);
    expect(warnings[1]).toContain(server.fingerprint);
  });
});

describe('algorithms', () => {
  test.each([
    ['key exchange', { kex: ['diffie-hellman-group14-sha1'] }, 'diffie-hellman-group14-sha1'],
    ['host key', { serverHostKey: ['ssh-rsa'] }, 'ssh-rsa'],
    ['cipher', { cipher: ['aes128-cbc'] }, 'aes128-cbc'],
    ['MAC', { hmac: ['hmac-sha1'], cipher: ['aes128-ctr'] }, 'hmac-sha1'],
  ] as const)('a server with an outdated %s alone', async (_name, algorithms, name) => {
    await using server = await TestSshServer.start({
      hostKeys: [makeKey('rsa')],
      algorithms: algorithms as never,
    });
    const error = await failureOf(connectTo(targetOf(server)));
    expect(error).toMatchObject({ code: 'E_ALGO', host: '127.0.0.1' });
    expect(error.message).toContain(name);
    expect(server).toMatchObject({ authAttempts: 0, connections: 1 });
  });
});

describe('authentication', () => {
  test('a refused key is tried twice and no more', async () => {
    await using server = await TestSshServer.start({ authorized: makeKey() });
    const error = await failureOf(connectTo(targetOf(server)));
    expect(error).toMatchObject({
      code: 'E_AUTH',
      message: expect.stringContaining(userKey.fingerprint) as unknown,
    });
    expect(error.hint).toContain('authorized_keys');
    expect(server.authAttempts).toBe(2);
  });

  test('a key that is authorised a moment later', async () => {
    await using server = await TestSshServer.start({ refuseFirst: 1 });
    await expect(greets(server)).resolves.toBe('hello\n');
  });

  test.each(['rsa', 'ecdsa'] as const)('a key of type %s', async (type) => {
    const key = makeKey(type);
    await using server = await TestSshServer.start({ authorized: key });
    await expect(greets(server, { privateKey: key.private })).resolves.toBe('hello\n');
  });

  test('a bad key does not reach the network', async () => {
    await using server = await TestSshServer.start();
    expect(await failureOf(connectTo(targetOf(server, { privateKey: '' })))).toMatchObject({ code: 'E_KEY' });
    expect(server.connections).toBe(0);
  });
});

describe('transport', () => {
  test('connections that are dropped at first', async () => {
    await using server = await TestSshServer.start({ dropFirst: 3 });
    await expect(greets(server)).resolves.toBe('hello\n');
    expect(server.connections).toBe(4);
  });

  test('nobody listens', async () => {
    const server = await TestSshServer.start();
    const target = targetOf(server);
    await server[Symbol.asyncDispose]();
    expect(await failureOf(connectTo(target, { timeoutMs: 100 }))).toMatchObject({
      code: 'E_CONNECT',
      host: '127.0.0.1',
      message: `cannot connect to port ${String(target.port)}: connection refused`,
    });
  });

  test('a name that does not exist', async () => {
    await using server = await TestSshServer.start();
    const target = targetOf(server, { address: 'no-such-host.invalid' });
    expect(await failureOf(connectTo(target))).toMatchObject({ code: 'E_CONNECT' });
  });

  test.each<[string, (socket: Socket) => void]>([
    ['says nothing', () => undefined],
    [
      'greets without end',
      (socket) => {
        const chatter = (): void => {
          while (!socket.destroyed && socket.write('x'.repeat(50) + '\r\n'));
        };
        socket.on('drain', chatter);
        chatter();
      },
    ],
    [
      'sends one endless line',
      (socket) => {
        const chatter = (): void => {
          while (!socket.destroyed && socket.write('x'.repeat(60_000)));
        };
        socket.on('drain', chatter);
        chatter();
      },
    ],
    ['speaks HTTP', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('a server that %s', async (_name, behave) => {
    await using server = await TestSshServer.start();
    const sockets: Socket[] = [];
    using other = await listen((socket) => {
      sockets.push(socket);
      behave(socket);
    });
    const before = process.memoryUsage().rss;
    const error = await failureOf(connectTo({ ...targetOf(server), port: other.port }, { timeoutMs: 300 }));
    for (const socket of sockets) socket.destroy();
    expect(error).toMatchObject({ code: 'E_CONNECT' });
    expect(process.memoryUsage().rss - before).toBeLessThan(150e6);
  });

  test('an abort ends it at once, with its reason', async () => {
    await using server = await TestSshServer.start();
    const controller = new AbortController();
    const reason = new Error('enough');
    using other = await listen((socket) => {
      controller.abort(reason);
      socket.destroy();
    });
    const target = { ...targetOf(server), port: other.port };
    expect(await failureOf(connectTo(target, { signal: controller.signal }))).toBe(reason);
  });
});

describe('bastion', () => {
  test('goes through it, each with its own key', async () => {
    const jumpKey = makeKey();
    await using bastion = await TestSshServer.start({ authorized: jumpKey });
    await using server = await TestSshServer.start({ authorized: userKey });
    const jump = targetOf(bastion, { privateKey: jumpKey.private });
    await expect(greets(server, { bastion: jump })).resolves.toBe('hello\n');
    expect(bastion).toMatchObject({ connections: 1, commands: [] });
  });

  test('its host key is checked', async () => {
    await using bastion = await TestSshServer.start();
    await using server = await TestSshServer.start();
    const jump = targetOf(bastion, { hostKey: makeKey().fingerprint, where: 'ssh.bastion' });
    const error = await failureOf(connectTo(targetOf(server, { bastion: jump })));
    expect(error).toMatchObject({ code: 'E_HOSTKEY', where: 'ssh.bastion' });
    expect(server.connections + bastion.authAttempts).toBe(0);
  });

  test('and the key of the host behind it', async () => {
    await using bastion = await TestSshServer.start();
    await using server = await TestSshServer.start();
    const target = targetOf(server, { bastion: targetOf(bastion), hostKey: makeKey().fingerprint });
    expect(await failureOf(connectTo(target))).toMatchObject({ code: 'E_HOSTKEY', where: 'hosts[0]' });
    expect(server.authAttempts).toBe(0);
  });

  test('a host that it cannot reach', async () => {
    await using bastion = await TestSshServer.start();
    const server = await TestSshServer.start();
    const target = targetOf(server, { bastion: targetOf(bastion) });
    await server[Symbol.asyncDispose]();
    const error = await failureOf(connectTo(target, { timeoutMs: 200 }));
    expect(error).toMatchObject({ code: 'E_CONNECT', where: 'hosts[0]' });
  });
});
