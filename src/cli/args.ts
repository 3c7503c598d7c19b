import { parseArgs } from 'node:util';
import { BootstrapError } from '../lib/errors.ts';
import { commands, isCommand, type Command, type CommandName } from './commands.ts';
import { clusterFlags, commandFlags, generalFlags, helpFlags, type Flag } from './flags.ts';

/** A command line, taken apart; values are not yet looked at. */
export interface ParsedArgs {
  /** Absent for `--help` and `--version` alone. */
  readonly command: CommandName | undefined;
  readonly help: boolean;
  readonly version: boolean;
  /** Values of flags; several of one are separate. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly switches: ReadonlySet<string>;
}

/**
 * Reads a command line.
 *
 * @param argv without the program's name.
 * @throws BootstrapError `E_USAGE`
 */
export function readArgs(argv: readonly string[]): ParsedArgs {
  const command = argv.find((word) => isCommand(word));
  const { values, positionals } = parse(argv, flagsOf(command));
  const help = values['help'] === true;
  const version = values['version'] === true;
  const [first, extra] = positionals;
  if (first !== undefined && !isCommand(first)) throw usage(`there is no command "${first}"`);
  if (extra !== undefined) throw usage(`unexpected argument "${extra}"`);
  if (first === undefined && !help && !version) throw usage('a command is needed');
  const texts: Record<string, readonly string[]> = {};
  const switches = new Set<string>();
  for (const [name, value] of Object.entries(values)) {
    if (value === true) switches.add(name);
    else if (typeof value === 'string') texts[name] = [value];
    else if (Array.isArray(value)) texts[name] = value.filter((item) => typeof item === 'string');
  }
  return { command: first, help, version, values: texts, switches };
}

/** All flags that a command takes. */
export function flagsOf(command: CommandName | undefined): readonly Flag[] {
  if (command === undefined) return [...generalFlags, ...clusterFlags];
  const { flags, standalone = false }: Command = commands[command];
  const own = flags.map((name) => commandFlags[name]);
  return standalone ? [...own, ...helpFlags] : [...generalFlags, ...own, ...clusterFlags];
}

type ParseResult = ReturnType<typeof parseArgs>;

function parse(argv: readonly string[], flags: readonly Flag[]): Pick<ParseResult, 'values' | 'positionals'> {
  const config = Object.fromEntries(
    flags.map(({ name, type, multiple, short }) => [
      name,
      { type, multiple, ...(short === undefined ? {} : { short }) },
    ]),
  );
  try {
    return parseArgs({ args: [...argv], options: config, allowPositionals: true, strict: true });
  } catch (error) {
    throw usage((error as Error).message.split(/\. |\n/)[0] ?? 'the command line is not valid');
  }
}

function usage(message: string): BootstrapError {
  return new BootstrapError('E_USAGE', message, { hint: 'k8s-bootstrap --help lists commands and flags' });
}
