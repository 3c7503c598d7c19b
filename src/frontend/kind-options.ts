import type { Option } from './option.ts';

/** Its nodes, where they are containers of the machine's own Docker. */
export const kindOptions: readonly Option[] = [
  {
    name: 'control-planes',
    field: 'kind.controlPlanes',
    kind: 'integer',
    placeholder: 'N',
    description: 'Provider kind: control planes to make. Default: as many as `hosts` lists, else 1.',
  },
  {
    name: 'workers',
    field: 'kind.workers',
    kind: 'integer',
    placeholder: 'N',
    description: 'Provider kind: workers to make. Default: as many as `hosts` lists, else 2.',
  },
  {
    name: 'node-image',
    field: 'kind.nodeImage',
    kind: 'text',
    placeholder: 'IMAGE',
    description:
      'Provider kind: image of the nodes. Default: the one of the Kubernetes version that kind’s project published.',
  },
  {
    name: 'port-mappings',
    field: 'kind.portMappings',
    kind: 'ports',
    placeholder: '[ADDRESS:]PORT:NODEPORT[/PROTOCOL]',
    flag: 'port-mapping',
    description:
      'Provider kind: ports of the first control plane to publish on this machine, one `[address:]port:node-port[/protocol]` a line. Default address 127.0.0.1.',
  },
];
