import type { CniContext } from './cni.ts';

/** The variables by which a pod's client finds the API server, for those that cannot wait for Services. */
export function apiServerVariables({
  host,
  port,
}: CniContext['apiServer']): Readonly<Record<string, string>> {
  return { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: String(port) };
}
