import type { Readable } from 'node:stream';
import { quoteCommand } from '../../lib/quote.ts';

/** How to become root: not at all, being root; by sudo; by sudo with a password. */
export type RootMethod = 'none' | 'sudo' | 'sudo-password';

/** More output than this before the command has begun is no greeting. */
const MAX_NOISE = 64 * 1024;

const ANNOUNCE = 'echo; echo "$0"; { echo; echo "$0"; } >&2; exec "$@"';
/** With a password on stdin that sudo may not have read, since a rule needed none: then it must not reach the command. */
const SKIP_PASSWORD = 'IFS= read -r line; [ "$line" = "$0" ] || IFS= read -r line; ';

/** In the C locale, since what sudo says has to be understood. */
const SUDO = ['env', 'LC_ALL=C', 'sudo'];

/**
 * One command line for a login shell of whatever kind: plain words in quotes, no syntax of any one shell. The command
 * announces itself by the marker, so that what a profile or sudo printed before is told apart from its own output.
 */
export function commandLine(argv: readonly string[], marker: string, options: CommandLineOptions): string {
  const env = Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`);
  const command = env.length > 0 ? ['env', ...env, ...argv] : argv;
  switch (options.root) {
    case undefined:
    case 'none':
      return quoteCommand(['sh', '-c', ANNOUNCE, marker, ...command]);
    case 'sudo':
      return quoteCommand([...SUDO, '-n', '--', 'sh', '-c', ANNOUNCE, marker, ...command]);
    case 'sudo-password':
      return quoteCommand([
        ...SUDO,
        '-k',
        '-S',
        '-p',
        '',
        '--',
        'sh',
        '-c',
        SKIP_PASSWORD + ANNOUNCE,
        marker,
        ...command,
      ]);
  }
}

export interface CommandLineOptions {
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Absent: as the user who logged in. */
  readonly root?: RootMethod | undefined;
}

export interface Noise {
  readonly found: boolean;
  /** What came before the marker, or instead of it. */
  readonly text: string;
}

/** Reads a stream up to the marker's line, and leaves the rest in it. */
export function skipNoise(stream: Readable, marker: string): Promise<Noise> {
  return new Promise((resolve) => {
    const needle = Buffer.from(`\n${marker}\n`);
    let seen = Buffer.alloc(0);
    const finish = (noise: Noise): void => {
      stream.off('data', onData).off('end', onEnd).off('close', onEnd);
      stream.pause();
      resolve(noise);
    };
    const onEnd = (): void => {
      finish({ found: false, text: seen.toString('utf8') });
    };
    const onData = (chunk: Buffer): void => {
      seen = Buffer.concat([seen, chunk]);
      const at = seen.indexOf(needle);
      if (at < 0) {
        if (seen.length > MAX_NOISE) onEnd();
        return;
      }
      finish({ found: true, text: seen.toString('utf8', 0, at) });
      const rest = seen.subarray(at + needle.length);
      if (rest.length > 0) stream.unshift(rest);
    };
    stream.on('data', onData).on('end', onEnd).on('close', onEnd);
  });
}
