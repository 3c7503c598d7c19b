import { createSocket } from 'node:dgram';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { listenerArgv, proberArgv, type Target } from '../../../src/engine/preflight/ports/scripts.ts';
import { LocalRunner } from '../../../src/exec/local.ts';
import type { Held } from '../../../src/exec/runner.ts';

const address = '127.0.0.1';
const nonce = 'c0ffee';
const runner = new LocalRunner();

/** What a test took, to be given back. */
const taken: (() => unknown)[] = [];
afterEach(async () => {
  for (const give of taken.splice(0)) await give();
});

/** A TCP server that greets with these words; at a port of its own unless one is given. */
async function serve(words: string, port = 0): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => undefined).end(words));
  taken.push(() => {
    server.close();
  });
  return await listening(server, port);
}

function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** A UDP server that answers everything with these words. */
async function answer(words: string): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', (_, { port, address: to }) => {
    socket.send(words, port, to);
  });
  taken.push(() => socket.close());
  await new Promise<void>((resolve) => socket.bind(0, address, resolve));
  return socket.address().port;
}

/** Ports at which nobody listens. */
async function freePorts(): Promise<readonly [number, number]> {
  const servers = [createServer(), createServer()] as const;
  const ports = await Promise.all(servers.map((server) => listening(server, 0)));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return [ports[0] ?? 0, ports[1] ?? 0];
}

const tcp = (port: number, expected: Target['expect'] = 'nonce'): Target => {
  return { protocol: 'tcp', address, port, expect: expected };
};
const udp = (port: number): Target => ({ protocol: 'udp', address, port, expect: 'nonce' });

describe.each(['perl', 'python3'] as const)('in %s', (language) => {
  const listen = async (ports: readonly string[], seconds = 60): Promise<Held> => {
    const held = await runner.hold(listenerArgv(language, { nonce, seconds, address, ports }));
    taken.push(() => held.close());
    return held;
  };
  /** Verdicts by index; the time for an answer is for those that get none. */
  const probe = async (
    targets: readonly Target[],
    asked = nonce,
    seconds = 5,
  ): Promise<readonly string[]> => {
    const { stdout, stderr } = await runner.run(proberArgv(language, { nonce: asked, seconds, targets }));
    expect(stderr).toBe('');
    return stdout.split('\n').filter(Boolean).sort();
  };

  test('ports that are listened at are reached over both protocols, by several at once', async () => {
    const [one, other] = await freePorts();
    const held = await listen([`tcp:${String(one)}`, `tcp:${String(other)}`, `udp:${String(one)}`]);
    expect(held.firstLine).toBe(`ready tcp:${String(one)} tcp:${String(other)} udp:${String(one)}`);
    const targets = [tcp(one), tcp(other), udp(one), udp(one), tcp(one, 'open')];
    const all = ['0 ok', '1 ok', '2 ok', '3 ok', '4 ok'];
    expect(await Promise.all([probe(targets), probe(targets)])).toEqual([all, all]);
  });

  test('ports at which nobody listens refuse', async () => {
    const [one, other] = await freePorts();
    expect(await probe([tcp(one), tcp(one, 'open'), udp(other)])).toEqual([
      '0 refused',
      '1 refused',
      expect.stringMatching(/^2 (refused|blocked)$/),
    ]);
  });

  test('somebody else’s answer does not count, but for ports that only have to be open', async () => {
    const [port, silent, other] = [await serve('SSH-2.0'), await serve(''), await answer('what?')];
    const targets = [tcp(port), tcp(silent), udp(other), tcp(port, 'open')];
    expect(await probe(targets, nonce, 0.5)).toEqual(['0 blocked', '1 blocked', '2 blocked', '3 ok']);
  });

  test('a listener of another run does not count either', async () => {
    const [port] = await freePorts();
    await listen([`tcp:${String(port)}`, `udp:${String(port)}`]);
    expect(await probe([tcp(port), udp(port)], 'decaf', 0.5)).toEqual(['0 blocked', '1 blocked']);
  });

  test('what cannot be tried has no verdict', async () => {
    expect(await probe([{ ...tcp(1), address: 'no-address.invalid' }])).toEqual([]);
  });

  test('a port that is in use is left alone', async () => {
    const [port] = await freePorts();
    const used = await serve('');
    const { firstLine } = await listen([`tcp:${String(used)}`, `tcp:${String(port)}`]);
    expect(firstLine).toBe(`ready tcp:${String(port)}`);
  });

  test('an address that is not the host’s leaves nothing to listen at', async () => {
    const ports = ['tcp:20443', 'udp:20443'];
    const held = await runner.hold(
      listenerArgv(language, { nonce, seconds: 9, address: '192.0.2.1', ports }),
    );
    await held.close();
    expect(held.firstLine).toBe('ready');
  });

  test('the listener ends with its stdin, and the ports are free at once', async () => {
    const [port] = await freePorts();
    const held = await listen([`tcp:${String(port)}`, `udp:${String(port)}`]);
    expect(await probe([tcp(port)])).toEqual(['0 ok']);
    await held.close();
    expect(await probe([tcp(port)])).toEqual(['0 refused']);
    await serve('', port);
  });

  test('the listener ends when its time is up', async () => {
    const { lost } = await listen([], 1);
    await expect(lost).resolves.toBeUndefined();
  });
});
