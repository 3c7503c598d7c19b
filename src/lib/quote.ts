/**
 * One argument as a word of a POSIX shell command line. Single quotes are put in double quotes and backslashes are
 * too, since fish, alone among shells, takes a backslash inside single quotes as an escape.
 *
 * @throws TypeError for an argument with a NUL byte, which no process can be given.
 */
export function quote(arg: string): string {
  if (arg.includes('\0')) throw new TypeError('a command argument cannot contain a NUL byte');
  if (/^[\w@+:,./-]+$/.test(arg)) return arg;
  if (arg === '') return "''";
  return (arg.match(/[\\']|[^\\']+/g) ?? []).map(quotePart).join('');
}

/** An argv as one POSIX shell command line. */
export function quoteCommand(argv: readonly string[]): string {
  return argv.map(quote).join(' ');
}

/** Outside quotes every shell, fish too, reads `\'` and `\\` as the bare character. */
function quotePart(part: string): string {
  return part === "'" || part === '\\' ? `\\${part}` : `'${part}'`;
}
