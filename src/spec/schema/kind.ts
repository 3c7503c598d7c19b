import * as z from 'zod';
import { image, ipAddress, port } from './text.ts';

const portMapping = z
  .strictObject({
    hostPort: port.describe('Port of the machine.'),
    containerPort: port.describe('Port of the node, such as a NodePort or one that a pod takes as hostPort.'),
    listenAddress: ipAddress
      .default('127.0.0.1')
      .describe('Address of the machine that the port is opened at.'),
    protocol: z.enum(['TCP', 'UDP', 'SCTP']).default('TCP'),
  })
  .meta({ title: 'Port mapping' });

/** Nodes beyond these would not fit a machine; the limit only keeps slips from filling it. */
const count = z.int().max(50, { error: 'is too many; at most 50' });

export const kind = z
  .strictObject({
    controlPlanes: count
      .min(1, { error: 'is too few; at least 1' })
      .exactOptional()
      .describe('Control planes to make. Default: as many as `hosts` has, else 1.'),
    workers: count
      .min(0, { error: 'cannot be negative' })
      .exactOptional()
      .describe('Workers to make. Default: as many as `hosts` has, else 2.'),
    nodeImage: image
      .exactOptional()
      .describe(
        'Image of the nodes. Default: the one of the Kubernetes version that kind’s project published.',
      ),
    apiServerPort: port
      .exactOptional()
      .describe('Port of the API server on the machine. Default: a free one.'),
    portMappings: z
      .array(portMapping)
      .max(100)
      .default([])
      .describe('Ports of the first control plane to be published on the machine.'),
  })
  .meta({
    title: 'kind',
    description: 'Nodes as containers of the machine’s own Docker; only for `provider: kind`.',
  });
