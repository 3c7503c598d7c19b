import { artifactOptions } from './artifact-options.ts';
import { clusterOptions } from './cluster-options.ts';
import { kindOptions } from './kind-options.ts';
import type { Option } from './option.ts';
import { runOptions } from './run-options.ts';
import { sshOptions } from './ssh-options.ts';

/** Every option that is a field of the cluster file, in the order of `action.yml`. Action and CLI are made from it. */
export const options: readonly Option[] = [
  ...clusterOptions,
  ...sshOptions,
  ...kindOptions,
  ...artifactOptions,
  ...runOptions,
];
