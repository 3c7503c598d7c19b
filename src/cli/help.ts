import { defaultVersionOf } from '../cni/default-version.ts';
import { cniNamed, cniNames } from '../cni/index.ts';
import { options } from '../frontend/options.ts';
import { commands, type Command, type CommandName } from './commands.ts';
import { clusterFlags, commandFlags, generalFlags, helpFlags, type Flag } from './flags.ts';

/** The help of one command, or the overview. */
export function helpText(command: CommandName | undefined): string {
  return `${(command === undefined ? overview() : commandHelp(command)).join('\n')}\n`;
}

function overview(): string[] {
  const entries = Object.entries(commands);
  return [
    'Real, verified Kubernetes clusters out of bare hosts.',
    '',
    'Usage: k8s-bootstrap <command> [flags]',
    '',
    'Commands:',
    ...entries.map(([name, { summary }]) => `  ${name.padEnd(12)}${summary}`),
    '',
    'Examples:',
    ...entries.flatMap(([, { examples }]) => examples.slice(0, 1).map((example) => `  ${example}`)),
    '',
    'k8s-bootstrap <command> --help tells more. Exit statuses: docs/errors.md.',
  ];
}

function commandHelp(name: CommandName): string[] {
  const { summary, flags, examples, standalone = false }: Command = commands[name];
  const own = flags.map((flag) => commandFlags[flag]);
  const secrets = options.flatMap((option) => (option.secretEnv === undefined ? [] : [option.secretEnv]));
  return [
    `${summary}.`,
    '',
    `Usage: k8s-bootstrap ${name} [flags]`,
    '',
    'Flags:',
    ...[...own, ...(standalone ? helpFlags : generalFlags)].map(flagHelp),
    '',
    ...(standalone
      ? []
      : [
          'Cluster (each is a field of the cluster file):',
          ...clusterFlags.map(flagHelp),
          '',
          'CNIs, with their default versions and options:',
          ...cniNames.map(cniHelp),
          '',
          `Secrets come from the environment (${secrets.join(', ')}) or a file, never from a flag.`,
          '',
        ]),
    'Examples:',
    ...examples.map((example) => `  ${example}`),
  ];
}

function cniHelp(name: string): string {
  const cni = cniNamed(name);
  const width = Math.max(...cniNames.map(({ length }) => length)) + 2;
  const options = Object.keys(cni.options).join(', ');
  return `  ${name.padEnd(width)}${defaultVersionOf(cni).padEnd(8)}${options || cni.title}`;
}

function flagHelp({ name, short, placeholder, description, multiple }: Flag): string {
  const flag = `${short === undefined ? '    ' : `-${short}, `}--${name}${placeholder === '' ? '' : ` ${placeholder}`}`;
  const text = `${description.replaceAll('`', '')}${multiple ? ' May be repeated.' : ''}`;
  return flag.length < 34 ? `  ${flag.padEnd(34)}${text}` : `  ${flag}\n${' '.repeat(36)}${text}`;
}
