import { readFileSync } from 'node:fs';
import type { Option } from '../frontend/option.ts';
import { toSpecSource } from '../frontend/spec-source.ts';
import { BootstrapError } from '../lib/errors.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import type { ParsedArgs } from './args.ts';
import type { CliDependencies } from './dependencies.ts';
import { flagName } from './flags.ts';

/**
 * The cluster that a command line means.
 *
 * @throws BootstrapError `E_USAGE`, and what the cluster file's validation throws.
 */
export function specFromArgs(args: ParsedArgs, dependencies: CliDependencies): ClusterSpec {
  const { env, load } = dependencies;
  const source = toSpecSource({
    file: args.values['file']?.[0] ?? '',
    hosts: (args.values['host'] ?? []).join('\n'),
    text: (option) =>
      option.secretEnv === undefined
        ? flagText(option, args)
        : secretText(option, option.secretEnv, args, dependencies),
    label: (option) => `--${flagName(option) ?? option.name}`,
    env,
  });
  return load(source);
}

function flagText(option: Option, args: ParsedArgs): string {
  const name = flagName(option);
  return name === undefined ? '' : (args.values[name] ?? []).join('\n');
}

function secretText(
  option: Option,
  variable: string,
  args: ParsedArgs,
  { env, readStdin }: CliDependencies,
): string {
  const name = flagName(option);
  const path = name === undefined ? undefined : args.values[name]?.[0];
  if (path === undefined) return env[variable] ?? '';
  try {
    return path === '-' ? readStdin() : readFileSync(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new BootstrapError('E_USAGE', `cannot read the file: ${reason}`, {
      where: `--${name ?? ''}`,
      cause: error,
    });
  }
}
