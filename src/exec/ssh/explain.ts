import { sanitizeLine } from '../../lib/sanitize.ts';
import { DialError } from './dial-error.ts';
import type { HandshakeLog } from './handshake-log.ts';

/** Who tried to reach what, for messages. */
export interface Attempt {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Fingerprint of the user's key. */
  readonly keyFingerprint: string;
  readonly where?: string | undefined;
}

/** Turns what ssh2 or the socket says into an error with a code, a reason and a way out. */
export function explainDialFailure(attempt: Attempt, error: Error, log: HandshakeLog): DialError {
  const { address, port, where } = attempt;
  const { level, code } = error as Error & { level?: string; code?: string };
  const details = { host: address, where, cause: error };
  const message = sanitizeLine(error.message);
  const noMatch = /no matching (.+)/.exec(message)?.[1];
  if (noMatch !== undefined) {
    const offered = sanitizeLine(log.offered(noMatch).join(', '));
    return new DialError('E_ALGO', `no acceptable ${noMatch}: the host offers ${offered}`, {
      ...details,
      retry: 'never',
      hint: "Update the host's SSH server, or give it a key of another type; SHA-1 and CBC are not accepted.",
    });
  }
  if (level === 'client-authentication') return explainRefusal(attempt, error);
  const reason = REASONS[code ?? ''] ?? (level === 'client-timeout' ? 'it does not answer in time' : message);
  return new DialError('E_CONNECT', `cannot connect to port ${String(port)}: ${reason}`, {
    ...details,
    // Waiting does not make a name known; but resolvers and hosts do come up.
    retry: code === 'ENOTFOUND' ? 'never' : 'always',
    hint: 'Is the address right, the host up, and the port open for this runner?',
  });
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'it does not answer',
  ENOTFOUND: 'unknown host name',
  EAI_AGAIN: 'the name cannot be resolved at the moment',
};

function explainRefusal({ address, where, user, keyFingerprint }: Attempt, error: Error): DialError {
  return new DialError(
    'E_AUTH',
    `the host refused user ${sanitizeLine(user)} with the key ${keyFingerprint}`,
    {
      host: address,
      where,
      cause: error,
      retry: 'once',
      hint: `Is the user right, and is the key's public half in that user's ~/.ssh/authorized_keys on the host?`,
    },
  );
}
