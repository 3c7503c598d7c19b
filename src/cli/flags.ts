import type { Option } from '../frontend/option.ts';
import { options } from '../frontend/options.ts';

/** A flag as `node:util` parses it, with what the help says about it. */
export interface Flag {
  readonly name: string;
  readonly short?: string;
  readonly type: 'string' | 'boolean';
  readonly multiple: boolean;
  readonly placeholder: string;
  readonly description: string;
}

const flag = (name: string, description: string, placeholder = '', more: Partial<Flag> = {}): Flag => ({
  name,
  type: placeholder === '' ? 'boolean' : 'string',
  multiple: false,
  placeholder,
  description,
  ...more,
});

/** Flags of every command. */
export const helpFlags: readonly Flag[] = [
  flag('help', 'Show this help.', '', { short: 'h' }),
  flag('version', 'Show the version.'),
];

/** Flags of every command about a cluster that are no settings of it. */
export const generalFlags: readonly Flag[] = [
  flag('file', 'Cluster file; flags override its fields.', 'PATH', { short: 'f' }),
  flag('host', 'Host instead of the file’s, repeated; the first is the control plane.', 'HOST', {
    multiple: true,
  }),
  flag('json', 'Print events as JSON lines; the last line is the report.'),
  flag('quiet', 'No progress.', '', { short: 'q' }),
  flag('no-color', 'No colours; also with NO_COLOR set.'),
  ...helpFlags,
];

const list = { multiple: true } as const;

/** Flags that only some commands have. */
export const commandFlags = {
  kubeconfig: flag(
    'kubeconfig',
    'Where to write the kubeconfig. Default: `<cluster name>.kubeconfig`.',
    'PATH',
  ),
  keep: flag('keep', 'What to leave on the hosts: `nothing` or `artifacts`. Default `nothing`.', 'WHAT'),
  'report-dir': flag('report-dir', 'Directory for report.json, report.md and junit.xml.', 'DIR'),
  cni: flag('cni', 'Networks, also separated by commas. Default: all but `manifest`.', 'NAME', list),
  'kubernetes-version': flag(
    'kubernetes-version',
    'Versions as of a cluster, also separated by commas. Default: the newest known of every supported minor.',
    'VERSION',
    list,
  ),
  provider: flag('provider', '`ssh` or `kind`, also separated by commas. Default `kind`.', 'NAME', list),
  checksums: flag(
    'checksums',
    'Path of a sha256sum file, for versions that the built-in table does not know.',
    'PATH',
  ),
  explain: flag('explain', 'Print what is left out as well, as `excluded`, each with its `reason`.'),
} as const;

/** The flag of a cluster setting: itself, or of a secret the file to read it from. None for some. */
export function flagName(option: Option): string | undefined {
  if (option.flag === false || option.name === 'ssh-key') return undefined;
  if (option.secretEnv !== undefined) return `${option.name}-file`;
  return option.flag ?? option.name;
}

/** The cluster's settings as flags. */
export const clusterFlags: readonly Flag[] = options.flatMap((option) => {
  const name = flagName(option);
  if (name === undefined) return [];
  const several = option.kind === 'list' || option.kind === 'map';
  if (option.secretEnv !== undefined) {
    const text = `${option.description} Read from this file, \`-\` for standard input, or from $${option.secretEnv}.`;
    return [flag(name, text, 'PATH')];
  }
  return [flag(name, option.description, option.placeholder, { multiple: several })];
});
