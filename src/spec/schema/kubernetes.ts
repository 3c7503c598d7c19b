import * as z from 'zod';
import { cidrs, dnsDomain, hostPort, port } from './text.ts';

export const kubernetesVersion = z
  .string()
  .regex(/^(v?\d{1,3}\.\d{1,3}(\.\d{1,3}(-[0-9A-Za-z.-]{1,40})?)?|stable|latest|N-[1-9])$/, {
    error: 'is not a Kubernetes version; give 1.36.3, 1.36, stable, latest or N-1',
  });

const kubeadmPatch = z
  .looseObject({
    kind: z.enum([
      'InitConfiguration',
      'ClusterConfiguration',
      'JoinConfiguration',
      'KubeletConfiguration',
      'KubeProxyConfiguration',
    ]),
  })
  .meta({
    title: 'Patch',
    description: 'Fields of a kubeadm document, merged over the generated one by `kind`.',
  });

export const kubernetes = z
  .strictObject({
    version: kubernetesVersion
      .default('stable')
      .describe(
        'Exact (`1.36.3`), newest known patch of a minor (`1.36`), `stable`, `latest`, or a minor before it (`N-1`).',
      ),
    channel: z
      .enum(['built-in', 'online'])
      .default('built-in')
      .describe(
        'Where versions and checksums come from: `built-in`: k8s-bootstrap’s tables and `artifacts.checksums`; `online`: dl.k8s.io as well.',
      ),
    serviceCIDR: cidrs
      .exactOptional()
      .describe(
        'Addresses of services. Default: `10.96.0.0/16`, `fd00:10:96::/112` or both, by the families of `cni.podCIDR`.',
      ),
    dnsDomain: dnsDomain.default('cluster.local').describe('DNS domain of services.'),
    controlPlaneEndpoint: hostPort
      .exactOptional()
      .describe('`host[:port]` of the API server for clients. Default: the first control plane.'),
    apiServerPort: port.default(6443).describe('Port of the API server on its host.'),
    kubeadmPatches: z
      .array(kubeadmPatch)
      .max(100)
      .default([])
      .describe('Changes to the generated kubeadm documents.'),
  })
  .meta({ title: 'Kubernetes' });
