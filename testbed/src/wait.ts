import { get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Asks until the answer is yes; fails loudly at the limit, with the last reason. */
export async function until(what: string, limitMs: number, ask: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + limitMs;
  let reason: unknown;
  for (;;) {
    try {
      if (await ask()) return;
    } catch (error) {
      reason = error;
    }
    if (Date.now() > end) {
      throw new Error(`${what}: not within ${String(limitMs / 1000)} s`, { cause: reason });
    }
    await pause(50);
  }
}

/** True once the port greets as an SSH server: a listening socket alone may still be closed again. */
export function hasSshBanner(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22, timeout: 1000 });
    const answer = (yes: boolean): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('data', (data) => {
      answer(data.toString('latin1').startsWith('SSH-2.0-'));
    });
    for (const event of ['error', 'timeout', 'close'] as const) {
      socket.once(event, () => {
        answer(false);
      });
    }
  });
}

export function answersHttp(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { timeout: 1000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => {
      resolve(false);
    });
  });
}
