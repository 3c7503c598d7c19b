import * as z from 'zod';
import { address, fingerprint, ipAddresses, kubeletVersion, nodeName, path, port, user } from './text.ts';

const NAME = '[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?';
const PREFIX = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?([.][a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*';

const key = z
  .string()
  .max(317)
  .regex(new RegExp(`^(${PREFIX}/)?${NAME}$`), { error: 'is not a label key; write [prefix/]name' });

const value = z.string().regex(new RegExp(`^(${NAME})?$`), {
  error: 'is not a label value; letters, digits, "-", "_" and "." are allowed, 63 at most',
});

const taint = z
  .strictObject({
    key,
    value: value.exactOptional(),
    effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
  })
  .meta({ title: 'Taint' });

export const host = z
  .strictObject({
    address: address.describe('IP address or DNS name.'),
    role: z
      .enum(['control-plane', 'worker'])
      .exactOptional()
      .describe('Default: `worker`; of the first host, `control-plane` unless another one is.'),
    name: nodeName.exactOptional().describe('Name of the node. Default: the host’s own.'),
    user: user.exactOptional().describe('Default: `ssh.user`.'),
    port: port.exactOptional().describe('Default: `ssh.port`.'),
    keyFile: path.exactOptional().describe('Private key. Default: the one of `ssh`.'),
    hostKey: fingerprint.exactOptional().describe('Fingerprint of the host key, `SHA256:…`.'),
    labels: z.record(key, value).default({}).describe('Labels of the node.'),
    taints: z.array(taint).max(100).default([]).describe('Taints of the node.'),
    kubeletVersion: kubeletVersion
      .exactOptional()
      .describe(
        'Exact Kubernetes version of the kubelet, up to three minors older than the cluster’s. Default: the cluster’s.',
      ),
    internalAddress: ipAddresses
      .exactOptional()
      .describe(
        'Address of the node inside the cluster; dual stack: of one family, or of both, `10.0.0.11,fd00::11`. Default: that of the default route’s interface, of each family of `cni.podCIDR`.',
      ),
  })
  .meta({ title: 'Host' });
