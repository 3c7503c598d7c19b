import type { KubeObject } from '../../src/kube/objects.ts';

/** The part of kube-router's manifest for all features that matters to us. */
export const kubeRouterObjects: readonly [configMap: KubeObject, daemonSet: KubeObject, account: KubeObject] =
  [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-router-cfg', namespace: 'kube-system' },
      data: {
        'cni-conf.json': JSON.stringify({
          cniVersion: '0.3.0',
          plugins: [
            { type: 'bridge', bridge: 'kube-bridge', ipam: { type: 'host-local' } },
            { type: 'tuning' },
          ],
        }),
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'kube-router', namespace: 'kube-system' },
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: 'kube-router',
                image: 'docker.io/cloudnativelabs/kube-router',
                imagePullPolicy: 'Always',
                args: ['--run-router=true', '--run-firewall=true', '--run-service-proxy=true'],
                livenessProbe: { httpGet: { path: '/healthz', port: 20244 }, periodSeconds: 3 },
              },
            ],
            initContainers: [
              {
                name: 'install-cni',
                image: 'docker.io/cloudnativelabs/kube-router',
                imagePullPolicy: 'Always',
                args: ['x'],
              },
            ],
            hostNetwork: true,
            volumes: [
              { name: 'lib-modules', hostPath: { path: '/lib/modules' } },
              {
                name: 'kubeconfig',
                configMap: { name: 'kube-proxy', items: [{ key: 'kubeconfig.conf', path: 'kubeconfig' }] },
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'kube-router', namespace: 'kube-system' },
    },
  ];
