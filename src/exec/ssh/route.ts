import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { untilAborted } from '../limits.ts';
import { DialError } from './dial-error.ts';
import { dial, type Dialled, type DialOptions } from './dial.ts';
import { acceptableKeyTypes } from './host-key.ts';

/** An endpoint made ready for dialling: keys parsed, policy known. */
export type Hop = Pick<DialOptions, 'user' | 'key' | 'policy'>;

export interface Route {
  readonly host: Hop;
  readonly bastion?: Hop | undefined;
}

export type Limit = Pick<DialOptions, 'timeoutMs' | 'signal'>;

/** Dials the host, through the bastion if there is one. Ending the client ends the bastion's connection with it. */
export async function dialRoute(
  route: Route,
  limit: Limit,
): Promise<Dialled & { warnings: readonly string[] }> {
  if (route.bastion === undefined) {
    const dialled = await dialHop(route.host, limit, () => Promise.resolve(undefined));
    return { ...dialled, warnings: listWarnings(dialled) };
  }
  const bastion = await dialHop(route.bastion, limit, () => Promise.resolve(undefined));
  try {
    const dialled = await dialHop(route.host, limit, () => forward(bastion.client, route.host, limit.signal));
    dialled.client.once('close', () => bastion.client.end());
    return { ...dialled, warnings: listWarnings(bastion, dialled) };
  } catch (error) {
    bastion.client.destroy();
    throw error;
  }
}

/**
 * A fingerprint does not say what type of key it is of. When the host presented a key of another type first, the types
 * left are asked for, before any authentication.
 */
async function dialHop(hop: Hop, limit: Limit, open: () => Promise<Duplex | undefined>): Promise<Dialled> {
  let keyTypes = acceptableKeyTypes(hop.policy);
  for (;;) {
    try {
      return await dial({ ...hop, ...limit, sock: await open() }, keyTypes);
    } catch (error) {
      if (!(error instanceof DialError) || error.code !== 'E_HOSTKEY' || error.otherKeyTypes.length === 0)
        throw error;
      keyTypes = error.otherKeyTypes;
    }
  }
}

function forward(bastion: Client, { policy }: Hop, signal: AbortSignal): Promise<Duplex> {
  const channel = new Promise<Duplex>((resolve, reject) => {
    bastion.forwardOut('127.0.0.1', 0, policy.address, policy.port, (error, stream) => {
      if (error === undefined) resolve(stream);
      else {
        const message = `the bastion cannot reach port ${String(policy.port)}: ${error.message}`;
        const { address: host, where } = policy;
        reject(new DialError('E_CONNECT', message, { host, where, cause: error, retry: 'always' }));
      }
    });
  });
  return untilAborted(channel, signal);
}

function listWarnings(...dialled: readonly Dialled[]): string[] {
  return dialled.flatMap(({ warning }) => (warning === undefined ? [] : [warning]));
}
