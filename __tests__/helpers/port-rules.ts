import type { FakeHandler, FakeRule } from './fake-runner.ts';

/** By words that only the listener's script holds, and only the prober's. */
export const LISTENER = /SOMAXCONN/;
export const PROBER = /SO_ERROR/;

/** A listener that binds all it was asked to. */
export const listensToAll: FakeHandler = (argv) => `${['ready', ...argv.slice(6)].join(' ')}\n`;

/** A prober that reaches all targets but those that match, as `tcp 10.0.0.1 6443 nonce`. */
export function reachesAllBut(blocked?: RegExp, verdict = 'blocked'): FakeHandler {
  return (argv) =>
    argv
      .slice(5)
      .map((target, index) => `${String(index)} ${blocked?.test(target) === true ? verdict : 'ok'}\n`)
      .join('');
}

/** Hosts that reach each other everywhere. */
export const openPorts: readonly FakeRule[] = [
  [LISTENER, listensToAll],
  [PROBER, reachesAllBut()],
];
