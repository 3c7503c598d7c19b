import { randomBytes } from 'node:crypto';
import type { Held } from '../../../exec/runner.ts';
import type { Host } from '../../../host/host.ts';
import { BootstrapError, toBootstrapError } from '../../../lib/errors.ts';
import { sanitizeLine } from '../../../lib/sanitize.ts';
import { placeOf, type PortNeed } from './needs.ts';
import { languageOf, listenerArgv, proberArgv, type Target } from './scripts.ts';

/** Seconds for an answer; hosts that have to be asked for their hardware address first give it in a few milliseconds. */
const ANSWER_SEC = 2;
/** Seconds after which a listener goes, whatever becomes of its connection. */
const LISTEN_SEC = 60;
const COMMAND_MS = 30_000;

export interface Tried {
  /** Needs that were tried, and whether the port was reached. */
  readonly reached: ReadonlyMap<PortNeed, boolean>;
  /** Hosts on which this could not be done, and why. */
  readonly unable: ReadonlyMap<Host, string>;
}

/** Listens wherever no node does yet, and lets each host try all that it needs. Leaves nothing behind. */
export async function tryPorts(needs: readonly PortNeed[], signal: AbortSignal): Promise<Tried> {
  const nonce = randomBytes(12).toString('hex');
  const unable = new Map<Host, string>();
  /** What cannot be done on a host is no reason to stop. */
  const attempt = async <T>(host: Host, work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work;
    } catch (error) {
      if (!unable.has(host)) unable.set(host, toBootstrapError(error).message);
      return undefined;
    }
  };
  const listeners = new Map<string, Listener>();
  const listen = async (place: string, its: readonly PortNeed[]): Promise<void> => {
    const [need] = its;
    if (need === undefined) return;
    const { to: host, address } = need;
    const ports = [...new Set(its.map(nameOf))];
    const started = await attempt(host, startListener(host, { address, ports, nonce }, signal));
    if (started === undefined) return;
    listeners.set(place, started);
    void started.held.lost.then(() => {
      listeners.delete(place);
      unable.set(host, 'what listened there for that is gone');
    });
  };
  try {
    const silent = Map.groupBy(
      needs.filter(({ taken }) => !taken),
      placeOf,
    );
    await Promise.all([...silent].map(([place, its]) => listen(place, its)));
    const open = needs.filter(
      (need) => need.taken || listeners.get(placeOf(need))?.bound.includes(nameOf(need)) === true,
    );
    const answers = await Promise.all(
      [...Map.groupBy(open, ({ from }) => from)].map(([host, its]) =>
        attempt(host, ask(host, its, nonce, signal)),
      ),
    );
    signal.throwIfAborted();
    const sound = answers
      .flatMap((its) => its ?? [])
      .filter(([need]) => need.taken || listeners.has(placeOf(need)));
    return { reached: new Map(sound), unable };
  } finally {
    await Promise.all([...listeners.values()].map(({ held }) => held.close()));
  }
}

interface Listener {
  readonly held: Held;
  /** What it listens at, as `nameOf` says it; anything else is in use there. */
  readonly bound: readonly string[];
}

function nameOf({ protocol, port }: PortNeed): string {
  return `${protocol}:${String(port)}`;
}

async function startListener(
  host: Host,
  { address, ports, nonce }: { address: string; ports: readonly string[]; nonce: string },
  signal: AbortSignal,
): Promise<Listener> {
  const language = languageOf(host);
  const argv = listenerArgv(language, { nonce, seconds: LISTEN_SEC, address, ports });
  const held = await host.runner.hold(argv, { sudo: true, timeoutMs: COMMAND_MS, signal });
  const [word, ...bound] = held.firstLine.split(' ');
  if (word === 'ready') return { held, bound };
  await held.close();
  throw new BootstrapError('E_COMMAND', `it says ${sanitizeLine(held.firstLine)}`);
}

async function ask(
  host: Host,
  needs: readonly PortNeed[],
  nonce: string,
  signal: AbortSignal,
): Promise<readonly (readonly [PortNeed, boolean])[]> {
  const language = languageOf(host);
  const targets = needs.map(({ protocol, port, address, taken }): Target => {
    return { protocol, port, address, expect: taken ? 'open' : 'nonce' };
  });
  const argv = proberArgv(language, { nonce, seconds: ANSWER_SEC, targets });
  const { stdout } = await host.root(argv, { signal, timeoutMs: COMMAND_MS });
  return stdout.split('\n').flatMap((line) => {
    const [, index, verdict] = /^(\d{1,5}) (ok|refused|blocked)$/.exec(line) ?? [];
    const need = needs[Number(index)];
    if (need === undefined) return [];
    // A node that refuses can be reached: what listens there may be down.
    return [[need, verdict === 'ok' || (verdict === 'refused' && need.taken)] as const];
  });
}
