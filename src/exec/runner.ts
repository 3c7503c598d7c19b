/** How a command is to be run. */
export interface RunOptions {
  /** Run as root: as it is for root, else through sudo. Default false. */
  readonly sudo?: boolean;
  /** What the command reads on stdin. The only way for a secret to reach a host. */
  readonly input?: string | Uint8Array;
  /** Extra environment; never secrets, since it becomes visible in the process list. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds until the command is given up with `E_TIMEOUT`. Default 120 000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Called with each complete, sanitised line of stdout and stderr as it comes. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** What to keep of stdout and of stderr, in bytes each; the rest is dropped and `truncated` set. Default 4 MiB. */
  readonly maxOutputBytes?: number;
  /** Exit codes that are not errors. Default `[0]`; `'any'` accepts all. */
  readonly accept?: readonly number[] | 'any';
}

export interface RunResult {
  readonly exitCode: number;
  /** UTF-8 (invalid bytes replaced), otherwise as the host printed it: hostile until parsed or sanitised. */
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
}

/**
 * The port through which commands reach a machine. Implementations: local, ssh, docker.
 *
 * Arguments are an argv, never a command line: quoting is the transport's business alone.
 */
export interface Runner {
  /** What it talks to, for messages: an address or `local`. */
  readonly target: string;
  /** @throws CommandError for an exit code that is not accepted; BootstrapError for the transport's own failures. */
  run(argv: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Writes a file by temp name and rename, as root when `sudo`. `content` is either data or a local file's path. */
  upload(content: FileContent, remotePath: string, options?: UploadOptions): Promise<void>;
  /**
   * Starts a command that lives as long as its stdin is held open (a lock, say), and resolves once it printed a
   * line. It ends when the handle is closed or the connection goes. Every ten seconds it gets a dot on stdin, as a
   * sign that somebody is still there.
   */
  hold(argv: readonly string[], options?: Pick<RunOptions, 'sudo' | 'timeoutMs' | 'signal'>): Promise<Held>;
  close(): Promise<void>;
}

export type FileContent = { readonly data: string | Uint8Array } | { readonly path: string };

export interface UploadOptions {
  readonly sudo?: boolean;
  /** Octal mode; default 0o644. */
  readonly mode?: number;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export interface Held {
  /** The first line that the command printed. */
  readonly firstLine: string;
  /** Resolves when the command ended by itself or its connection was lost, which `close` does not cause. */
  readonly lost: Promise<void>;
  close(): Promise<void>;
}
