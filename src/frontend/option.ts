/** How the text of an option becomes the value of its field in the cluster file. */
export type OptionKind =
  'text' | 'integer' | 'seconds' | 'list' | 'map' | 'yaml' | 'known-hosts' | 'bastion' | 'ports';

/** One setting of a cluster that the Action takes as an input and the CLI as a flag or from the environment. */
export interface Option {
  /** Input of the Action, kebab-case; also the long flag unless `flag` says otherwise. */
  readonly name: string;
  /** Field of the cluster file, with dots. */
  readonly field: string;
  readonly kind: OptionKind;
  /** Shown in `action.yml`, the README and the CLI's help. */
  readonly description: string;
  /** What stands for the value in the CLI's help. */
  readonly placeholder: string;
  /** Name of the CLI's flag where it differs; `false` where the CLI has none. */
  readonly flag?: string | false;
  /** Never shown, never a flag. The CLI reads it from this environment variable, or from a file (`--<name>-file`). */
  readonly secretEnv?: string;
}
