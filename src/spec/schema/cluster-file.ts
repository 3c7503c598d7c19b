import * as z from 'zod';
import { artifacts } from './artifacts.ts';
import { cni } from './cni.ts';
import { host } from './host.ts';
import { kind } from './kind.ts';
import { kubernetes } from './kubernetes.ts';
import { ssh } from './ssh.ts';
import { dnsLabel, id, localImage, registry, seconds, url } from './text.ts';
import { verify } from './verify.ts';

/** The cluster file: what it may contain, and what each value must look like. The JSON Schema is made from it. */
export const clusterFile = z
  .strictObject({
    provider: z
      .enum(['ssh', 'kind'])
      .default('ssh')
      .describe('`ssh`: machines that are there; `kind`: containers of the machine’s own Docker.'),
    name: dnsLabel.default('k8s-bootstrap').describe('Name of the cluster and of the kubeconfig’s context.'),
    kubernetes: kubernetes.prefault({}),
    cni: cni.prefault({}),
    ssh: ssh.prefault({}),
    kind: kind.prefault({}),
    hosts: z.array(host).max(1000).default([]).describe('Control planes and workers.'),
    artifacts: artifacts.prefault({}),
    images: z
      .array(localImage)
      .max(100)
      .default([])
      .describe('Images of the machine to load into every node: names in its Docker, or paths of tars.'),
    registryMirrors: z
      .record(registry, url)
      .default({})
      .describe('Registry, as in image names → URL of its mirror, `http(s)://host[:port][/v2/path]`.'),
    verify: verify.prefault({}),
    timeouts: z
      .strictObject({
        totalSec: seconds.default(900).describe('Seconds for the whole run.'),
        readySec: seconds
          .default(240)
          .describe('Seconds for all nodes to be Ready and the CNI to be rolled out.'),
        connectSec: seconds.default(60).describe('Seconds to reach a host by SSH.'),
      })
      .prefault({})
      .meta({ title: 'Timeouts' }),
    preflight: z
      .strictObject({
        ignore: z
          .array(id)
          .max(100)
          .default([])
          .describe('Findings to take as warnings; `all` for every one.'),
      })
      .prefault({})
      .meta({ title: 'Preflight' }),
  })
  .meta({
    title: 'k8s-bootstrap cluster file',
    description: 'Which cluster to make out of which hosts.',
  });

/** What a user may write. */
export type ClusterFile = z.input<typeof clusterFile>;

/** What was written, with the defaults of the schema. */
export type ParsedClusterFile = z.output<typeof clusterFile>;
