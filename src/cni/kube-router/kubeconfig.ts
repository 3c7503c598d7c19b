import type { KubeObject } from '../../kube/objects.ts';
import type { PodSpec } from '../../kube/pod-template.ts';
import { bracketed } from '../../lib/ip.ts';
import type { CniContext } from '../cni.ts';

const KUBECONFIG = 'kube-router-kubeconfig';

/** The manifest takes kube-proxy's kubeconfig, which is not there where kube-proxy is not installed. */
export function withOwnKubeconfig(pod: PodSpec): PodSpec {
  const configMap = { name: KUBECONFIG, items: [{ key: 'kubeconfig.conf', path: 'kubeconfig' }] };
  const volumes = (pod.volumes ?? []).map((volume) =>
    volume.name === 'kubeconfig' ? { name: volume.name, configMap } : volume,
  );
  return { ...pod, volumes };
}

/** The API server's own address, since Services only come with kube-router; the pod's own service account. */
export function kubeconfigOf({ apiServer: { host, port } }: CniContext): KubeObject {
  const account = '/var/run/secrets/kubernetes.io/serviceaccount';
  const server = `https://${bracketed(host)}:${String(port)}`;
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'default', cluster: { server, 'certificate-authority': `${account}/ca.crt` } }],
    users: [{ name: 'default', user: { tokenFile: `${account}/token` } }],
    contexts: [{ name: 'default', context: { cluster: 'default', user: 'default' } }],
    'current-context': 'default',
  };
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: KUBECONFIG, namespace: 'kube-system', labels: { 'k8s-app': 'kube-router' } },
    // JSON is YAML.
    data: { 'kubeconfig.conf': JSON.stringify(kubeconfig, undefined, 2) },
  };
}
