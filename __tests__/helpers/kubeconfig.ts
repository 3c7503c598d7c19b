import { stringify } from 'yaml';

export const clientKeyPem = [
  '-----BEGIN EC PRIVATE KEY-----',
  'c2VjcmV0LWxpbmUtb25lLW9mLXRoZS1jbGllbnQta2V5',
  'c2VjcmV0LWxpbmUtdHdv',
  '-----END EC PRIVATE KEY-----',
  '',
].join('\n');
export const clientKeyData = Buffer.from(clientKeyPem).toString('base64');

/** What `kubeadm kubeconfig user` prints. */
export function kubeadmKubeconfig() {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'k8s-bootstrap-admin@kubernetes',
    clusters: [
      {
        name: 'kubernetes',
        cluster: { server: 'https://evil.example:6443', 'certificate-authority-data': 'Y2E=' },
      },
    ],
    users: [
      {
        name: 'k8s-bootstrap-admin',
        user: { 'client-certificate-data': 'Y2VydA==', 'client-key-data': clientKeyData },
      },
    ],
    contexts: [
      {
        name: 'k8s-bootstrap-admin@kubernetes',
        context: { cluster: 'kubernetes', user: 'k8s-bootstrap-admin' },
      },
    ],
  };
}

export const kubeadmKubeconfigText = stringify(kubeadmKubeconfig());
