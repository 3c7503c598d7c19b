import type { KubeObject } from '../../kube/objects.ts';
import { apiServerVariables } from '../api-server.ts';
import type { CniContext } from '../cni.ts';
import type { Choice } from './options.ts';

/**
 * The routing tables of WireGuard, IPv4 and IPv6. Felix takes its tables as its own whether it encrypts or not, and
 * deletes others' rules for them; by itself it would take 1 and 2, which administrators like as well.
 */
export const routeTables = { min: 17900, max: 17901 };

/** Settings of Felix, Calico's agent, for all nodes. calico-node adds its own to it and leaves these alone. */
export function felixConfiguration({ encryption, v4, v6 }: Choice): KubeObject {
  const encrypted = {
    ...(v4 === undefined ? {} : { wireguardEnabled: true }),
    ...(v6 === undefined ? {} : { wireguardEnabledV6: true }),
  };
  return {
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'FelixConfiguration',
    metadata: { name: 'default' },
    spec: { routeTableRanges: [routeTables], ...(encryption === 'wireguard' ? encrypted : {}) },
  };
}

/** Where the API server is, for those who make the Service under which others find it. @param namespace theirs. */
export function apiEndpoint({ apiServer }: CniContext, namespace: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kubernetes-services-endpoint', namespace },
    data: apiServerVariables(apiServer),
  };
}
