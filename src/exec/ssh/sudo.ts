import { BootstrapError } from '../../lib/errors.ts';
import { sanitizeLine } from '../../lib/sanitize.ts';
import type { RootMethod } from './preamble.ts';
import type { NotStarted, StartContext } from './start.ts';

/** Tries to start `true` as root; resolves with what was printed instead when it does not start. */
export type TryRoot = (method: RootMethod) => Promise<NotStarted | undefined>;

/** How this user becomes root on this host. @throws E_SUDO saying why not. */
export async function detectRootMethod(
  context: StartContext,
  uid: number,
  hasPassword: boolean,
  tryRoot: TryRoot,
): Promise<RootMethod> {
  if (uid === 0) return 'none';
  const plain = await tryRoot('sudo');
  if (plain === undefined) return 'sudo';
  if (!hasPassword) throw sudoError(context, plain);
  const withPassword = await tryRoot('sudo-password');
  if (withPassword === undefined) return 'sudo-password';
  throw sudoError(context, withPassword);
}

interface Reason {
  readonly pattern: RegExp;
  readonly message: string;
  readonly hint: string;
}

/** In the order of precedence; sudo's own words in the C locale. */
const REASONS: readonly Reason[] = [
  {
    pattern: /must have a tty|no tty present/i,
    message: 'sudo wants a terminal',
    hint: 'Remove requiretty from sudoers, or add: Defaults:<user> !requiretty',
  },
  {
    pattern: /not in the sudoers|may not run sudo|is not allowed to/i,
    message: 'the user may not use sudo for this',
    hint: 'Give the user the right in sudoers, or log in as root.',
  },
  {
    pattern: /incorrect password|try again|no password was provided|conversation failed/i,
    message: 'sudo does not take the password',
    hint: 'Is the sudo password that of this user on this host?',
  },
  {
    pattern: /password is required/i,
    message: 'sudo asks for a password',
    hint: 'Set the sudo password, or give the user NOPASSWD in sudoers.',
  },
  {
    pattern: /not found|no such file|unknown command/i,
    message: 'sudo is not installed',
    hint: 'Install sudo, or log in as root.',
  },
];

/** E_SUDO from what sudo, or the shell instead of it, printed. */
export function sudoError(
  { host, user, where }: StartContext,
  { exitCode, output }: NotStarted,
): BootstrapError {
  const reason = REASONS.find(({ pattern }) => pattern.test(output));
  const said = sanitizeLine(output).slice(0, 300);
  const message = reason?.message ?? `sudo fails with exit code ${String(exitCode ?? 'unknown')}: ${said}`;
  return new BootstrapError('E_SUDO', `${user} cannot become root: ${message}`, {
    host,
    where,
    hint: reason?.hint,
  });
}
