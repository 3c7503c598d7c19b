import { BootstrapError } from '../../lib/errors.ts';
import { hostKeyTypes } from './algorithms.ts';
import { fingerprintOf, hostName, keyTypeOf, type KnownHosts } from './known-hosts.ts';

/** What is known about a host's key, and what to do when it is not known. */
export interface HostKeyPolicy {
  readonly address: string;
  readonly port: number;
  readonly mode: 'strict' | 'accept-new' | 'off';
  /** `SHA256:…`; binding in every mode. */
  readonly hostKey?: string | undefined;
  readonly knownHosts?: KnownHosts | undefined;
  /** Field path of the host, such as `hosts[1]`. */
  readonly where?: string | undefined;
}

export type HostKeyDecision =
  | { readonly accepted: true; readonly fingerprint: string; readonly warning?: string }
  | { readonly accepted: false; readonly error: BootstrapError };

/** Whether the key that a host presents is the one it should have. */
export function decideHostKey(policy: HostKeyPolicy, key: Buffer): HostKeyDecision {
  const { address, port, mode } = policy;
  const fingerprint = fingerprintOf(key);
  const { keys, revoked } = lookup(policy);
  if (revoked.some((known) => known.key.equals(key))) return refuse(revokedError(policy, fingerprint));
  if (policy.hostKey !== undefined) {
    const pinned = normalize(policy.hostKey);
    return pinned === fingerprint
      ? { accepted: true, fingerprint }
      : refuse(mismatch(policy, fingerprint, [pinned], 'hostKey'));
  }
  if (keys.some((known) => known.key.equals(key))) return { accepted: true, fingerprint };
  const place = hostName(address, port);
  if (mode === 'off') {
    return {
      accepted: true,
      fingerprint,
      warning: `the host key of ${place} is not checked (${fingerprint})`,
    };
  }
  if (keys.length > 0) {
    return refuse(
      mismatch(
        policy,
        fingerprint,
        keys.map((known) => known.fingerprint),
        'known_hosts',
      ),
    );
  }
  if (mode === 'accept-new') {
    return {
      accepted: true,
      fingerprint,
      warning: `the host key of ${place} is trusted on first use: ${fingerprint}`,
    };
  }
  return refuse(unknownHost(policy, key, fingerprint));
}

/** Types of key that could be accepted: those of the known keys, else all. */
export function acceptableKeyTypes(policy: HostKeyPolicy): readonly string[] {
  const { keys } = lookup(policy);
  if (policy.hostKey !== undefined || policy.mode === 'off' || keys.length === 0) return hostKeyTypes;
  return hostKeyTypes.filter((type) => keys.some((known) => known.type === type));
}

/**
 * A verifier for ssh2, which denies for the literal `false` alone: whatever a decision throws or returns, what is not
 * plainly accepted is denied.
 */
export function makeVerifier(
  decide: (key: Buffer) => HostKeyDecision,
  onDecision: (decision: HostKeyDecision) => void,
): (key: Buffer) => boolean {
  return (key) => {
    try {
      const decision = decide(key);
      const accepted = (decision.accepted as unknown) === true;
      onDecision(decision);
      return accepted;
    } catch {
      return false;
    }
  };
}

function lookup({ knownHosts, address, port }: HostKeyPolicy): ReturnType<KnownHosts['lookup']> {
  return knownHosts?.lookup(address, port) ?? { keys: [], revoked: [] };
}

/** Fingerprints come with and without their prefix and base64 padding. */
function normalize(fingerprint: string): string {
  return `SHA256:${fingerprint
    .trim()
    .replace(/^SHA256:/i, '')
    .replace(/=+$/, '')}`;
}

function refuse(error: BootstrapError): HostKeyDecision {
  return { accepted: false, error };
}

function mismatch(
  { address, port, where }: HostKeyPolicy,
  seen: string,
  pinned: readonly string[],
  source: 'hostKey' | 'known_hosts',
): BootstrapError {
  const update =
    source === 'hostKey'
      ? `set hostKey to ${seen}`
      : `replace its lines in known_hosts (ssh-keygen -R '${hostName(address, port)}')`;
  return new BootstrapError(
    'E_HOSTKEY',
    `the host key is not the pinned one: ${pinned.join(' or ')} by ${source}, but the host has ${seen}`,
    { host: address, where, hint: `Someone may be in between. If the host was reinstalled, ${update}.` },
  );
}

function revokedError({ address, where }: HostKeyPolicy, seen: string): BootstrapError {
  return new BootstrapError(
    'E_HOSTKEY',
    `the host presents a key that known_hosts says is revoked: ${seen}`,
    {
      host: address,
      where,
      hint: 'Give the host new keys; a revoked one may be in the wrong hands.',
    },
  );
}

function unknownHost({ address, port, where }: HostKeyPolicy, key: Buffer, seen: string): BootstrapError {
  const line = `${hostName(address, port)} ${keyTypeOf(key)} ${key.toString('base64')}`;
  return new BootstrapError('E_HOST_UNKNOWN', `no key is pinned for this host; it has ${seen}`, {
    host: address,
    where,
    hint: `Compare the fingerprint with the host's own, then set hosts[].hostKey: "${seen}" or add to known_hosts: ${line}`,
  });
}
