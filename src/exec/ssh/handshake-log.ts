/** Longest list of algorithms that is kept of a server. */
const MAX_LENGTH = 1_000;

/** By the name that ssh2's error has for it, the name that its debug output has. */
const NAMES: Readonly<Record<string, string>> = {
  'key exchange algorithm': 'KEX method',
  'host key format': 'Host key format',
};

/** Picks from ssh2's debug output, which alone has it, what the server offered. */
export class HandshakeLog {
  readonly #offers = new Map<string, string>();

  /** For ssh2's `debug` option. */
  readonly listen = (message: string): void => {
    const match = /^Handshake: \(remote\) ([^:]+): (.*)/.exec(message);
    if (match?.[1] !== undefined) this.#offers.set(match[1], (match[2] ?? '').slice(0, MAX_LENGTH));
  };

  /** The algorithms offered, by the kind of them that an error names. */
  offered(kind: string): readonly string[] {
    return (this.#offers.get(NAMES[kind] ?? kind) ?? '').split(',').filter((name) => name !== '');
  }
}
