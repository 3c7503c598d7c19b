import type { Duplex } from 'node:stream';
import ssh2, { type AuthHandlerMiddleware, type Client, type ParsedKey } from 'ssh2';
import { untilAborted } from '../limits.ts';
import { algorithmsFor, offeredKeyTypes } from './algorithms.ts';
import { DialError } from './dial-error.ts';
import { explainDialFailure } from './explain.ts';
import { HandshakeLog } from './handshake-log.ts';
import {
  acceptableKeyTypes,
  decideHostKey,
  makeVerifier,
  type HostKeyDecision,
  type HostKeyPolicy,
} from './host-key.ts';
import { keyTypeOf } from './known-hosts.ts';
import type { PrivateKey } from './private-key.ts';

export interface DialOptions {
  readonly user: string;
  readonly key: PrivateKey;
  readonly policy: HostKeyPolicy;
  /** Milliseconds for the whole handshake and authentication. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** A forwarded channel to go through instead of a socket. */
  readonly sock?: Duplex | undefined;
}

export interface Dialled {
  readonly client: Client;
  readonly fingerprint: string;
  readonly warning?: string | undefined;
}

/** Makes one connection: host key checked, user authenticated. @throws DialError */
export async function dial(
  options: DialOptions,
  keyTypes = acceptableKeyTypes(options.policy),
): Promise<Dialled> {
  const { policy, user, key } = options;
  const client = new ssh2.Client();
  const log = new HandshakeLog();
  const attempt = { ...policy, user, keyFingerprint: key.fingerprint };
  const seen: { decision?: HostKeyDecision; type?: string } = {};
  const ready = new Promise<void>((resolve, reject) => {
    client.once('ready', resolve);
    // A command takes several small packets; held back for acknowledgements they would cost 40 ms each.
    client.once('connect', () => client.setNoDelay(true));
    // Stays for good: an error event that nobody listens to would end the process.
    client.on('error', (error) => {
      reject(denial(seen, keyTypes, log, options) ?? explainDialFailure(attempt, error, log));
    });
    client.once('close', () => {
      reject(explainDialFailure(attempt, new Error('the connection was closed during the handshake'), log));
    });
  });
  const decide = (presented: Buffer): HostKeyDecision => {
    seen.type = keyTypeOf(presented);
    return decideHostKey(policy, presented);
  };
  try {
    client.connect({
      host: policy.address,
      port: policy.port,
      username: user,
      ...(options.sock && { sock: options.sock }),
      readyTimeout: options.timeoutMs,
      keepaliveInterval: 15_000,
      keepaliveCountMax: 3,
      algorithms: algorithmsFor(keyTypes),
      debug: log.listen,
      hostVerifier: makeVerifier(decide, (decision) => {
        seen.decision = decision;
      }),
      authHandler: offerOnce(user, key.parsed),
    });
    await untilAborted(ready, options.signal);
  } catch (error) {
    client.destroy();
    throw error;
  }
  const { decision } = seen;
  if (decision?.accepted !== true) throw new Error('connected without a decision about the host key');
  return { client, fingerprint: decision.fingerprint, warning: decision.warning };
}

function denial(
  { decision, type }: { decision?: HostKeyDecision; type?: string },
  keyTypes: readonly string[],
  log: HandshakeLog,
  { policy }: DialOptions,
): DialError | undefined {
  if (type === undefined || decision?.accepted === true) return undefined;
  const { code, message, hint } = decision?.error ?? {
    code: 'E_HOSTKEY',
    message: 'the host key could not be checked',
  };
  const offered = offeredKeyTypes(log.offered('host key format'));
  const otherKeyTypes = keyTypes.filter((other) => other !== type && offered.includes(other));
  const details = { host: policy.address, where: policy.where, hint, retry: 'never', otherKeyTypes } as const;
  return new DialError(code, message, details);
}

/** One public key, once: every refused attempt counts against the host's patience. */
function offerOnce(username: string, key: ParsedKey): AuthHandlerMiddleware {
  let offered = false;
  return (_left, _partial, next) => {
    if (offered) {
      // ssh2 takes `false` for `no more`, which its types do not know.
      next(false as never);
      return;
    }
    offered = true;
    next({ type: 'publickey', username, key: withoutSha1(key) });
  };
}

/** ssh2 falls back to a SHA-1 signature for servers that do not say what they take. */
function withoutSha1(key: ParsedKey): ParsedKey {
  if (key.type !== 'ssh-rsa') return key;
  const sign: ParsedKey['sign'] = (data, algorithm) =>
    algorithm === 'sha256' || algorithm === 'sha512'
      ? key.sign(data, algorithm)
      : (new Error('the host takes only SHA-1 signatures of RSA keys') as never);
  return Object.create(key, { sign: { value: sign } }) as ParsedKey;
}
