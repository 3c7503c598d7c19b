import type { KubeObject } from '../../src/kube/objects.ts';

/** The part of Flannel's manifest that matters to us. */
export const flannelObjects: readonly [configMap: KubeObject, daemonSet: KubeObject] = [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-flannel-cfg', namespace: 'kube-flannel' },
    data: {
      'cni-conf.json': '{}',
      'net-conf.json': '{"Network":"10.244.0.0/16","EnableNFTables":false,"Backend":{"Type":"vxlan"}}',
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'kube-flannel-ds', namespace: 'kube-flannel' },
    spec: {
      template: {
        spec: {
          containers: [
            {
              name: 'kube-flannel',
              image: 'ghcr.io/flannel-io/flannel:v0.28.9',
              args: ['--ip-masq', '--kube-subnet-mgr'],
              env: [{ name: 'EVENT_QUEUE_DEPTH', value: '5000' }],
            },
          ],
        },
      },
    },
  },
];
