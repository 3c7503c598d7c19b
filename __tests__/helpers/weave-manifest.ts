import { parseManifest, type KubeObject } from '../../src/kube/objects.ts';

/** The part of Weave Net's manifest that matters to us, in upstream's form. */
export function weaveObjects(repository = 'rajchaudhuri'): readonly KubeObject[] {
  return parseManifest(
    `
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ServiceAccount
    metadata: {name: weave-net, namespace: kube-system}
  - apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: weave-net, namespace: kube-system}
    spec:
      template:
        spec:
          initContainers:
            - name: weave-init
              image: '${repository}/weave-kube:latest'
              imagePullPolicy: Always
              env:
              securityContext: {privileged: true}
          containers:
            - name: weave
              env:
                - name: INIT_CONTAINER
                  value: "true"
              image: '${repository}/weave-kube:latest'
              imagePullPolicy: Always
            - name: weave-npc
              env:
                - name: HOSTNAME
                  valueFrom: {fieldRef: {fieldPath: spec.nodeName}}
              image: '${repository}/weave-npc:latest'
              imagePullPolicy: Always
#npc-args
          hostNetwork: true
`,
    'weave',
  );
}
