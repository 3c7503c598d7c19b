import type { Option } from './option.ts';

/** How it is checked, and how long that may take. */
export const runOptions: readonly Option[] = [
  {
    name: 'min-nodes',
    field: 'verify.minNodes',
    kind: 'integer',
    placeholder: 'N',
    description: 'On how many nodes nginx must run and answer. Default 2.',
  },
  {
    name: 'verify-checks',
    field: 'verify.checks',
    kind: 'list',
    placeholder: 'ID',
    flag: 'check',
    description: 'Checks to run, one a line or separated by commas; `default` stands for the default set.',
  },
  {
    name: 'nginx-image',
    field: 'verify.images.nginx',
    kind: 'text',
    placeholder: 'IMAGE',
    description: 'Image that verification serves from.',
  },
  {
    name: 'client-image',
    field: 'verify.images.client',
    kind: 'text',
    placeholder: 'IMAGE',
    description: 'Image that verification sends requests from.',
  },
  {
    name: 'ignore-preflight',
    field: 'preflight.ignore',
    kind: 'list',
    placeholder: 'ID',
    description:
      'Ids of preflight findings that shall not stop the run, one a line or separated by commas; `all` for every one.',
  },
  {
    name: 'timeout',
    field: 'timeouts.totalSec',
    kind: 'seconds',
    placeholder: 'TIME',
    description: 'Deadline for the whole run: `15m`, `90s`, `1h` or plain seconds. Default `15m`.',
  },
];
