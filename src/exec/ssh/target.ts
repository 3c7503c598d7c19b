/** Where and as whom to log in. */
export interface SshEndpoint {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** The private key itself, not its path. */
  readonly privateKey: string;
  readonly passphrase?: string | undefined;
  /** `SHA256:…` fingerprint of the host's key. */
  readonly hostKey?: string | undefined;
  /** Text of a known_hosts file. */
  readonly knownHosts?: string | undefined;
  readonly hostKeyChecking: 'strict' | 'accept-new' | 'off';
  /** Field path in the user's input, such as `hosts[1].address`. */
  readonly where?: string | undefined;
}

export interface SshTarget extends SshEndpoint {
  /** For sudo, where sudo asks for one. */
  readonly sudoPassword?: string | undefined;
  readonly bastion?: SshEndpoint | undefined;
}
