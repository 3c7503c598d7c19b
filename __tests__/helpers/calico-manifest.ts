import { parseManifest } from '../../src/kube/objects.ts';

/** The parts of calico.yaml v3.32.1 that matter to us. */
export const calicoObjects = parseManifest(
  `
kind: ConfigMap
apiVersion: v1
metadata: {name: calico-config, namespace: kube-system}
data:
  typha_service_name: "none"
  calico_backend: "bird"
  veth_mtu: "0"
  cni_network_config: |-
    {
      "name": "k8s-pod-network",
      "plugins": [
        {
          "type": "calico",
          "mtu": __CNI_MTU__,
          "ipam": {
              "type": "calico-ipam"
          },
          "policy": {
              "type": "k8s"
          }
        },
        {"type": "portmap", "snat": true, "capabilities": {"portMappings": true}}
      ]
    }
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: felixconfigurations.crd.projectcalico.org}
spec: {group: crd.projectcalico.org, names: {kind: FelixConfiguration}}
---
kind: DaemonSet
apiVersion: apps/v1
metadata: {name: calico-node, namespace: kube-system}
spec:
  template:
    spec:
      initContainers:
        - name: install-cni
          image: quay.io/calico/cni:v3.32.1
          imagePullPolicy: IfNotPresent
          envFrom: [{configMapRef: {name: kubernetes-services-endpoint, optional: true}}]
      containers:
        - name: calico-node
          image: quay.io/calico/node:v3.32.1
          imagePullPolicy: IfNotPresent
          envFrom: [{configMapRef: {name: kubernetes-services-endpoint, optional: true}}]
          env:
            - {name: DATASTORE_TYPE, value: "kubernetes"}
            - {name: CALICO_NETWORKING_BACKEND, valueFrom: {configMapKeyRef: {name: calico-config, key: calico_backend}}}
            - {name: IP, value: "autodetect"}
            - {name: CALICO_IPV4POOL_IPIP, value: "Always"}
            - {name: CALICO_IPV4POOL_VXLAN, value: "Never"}
            - {name: CALICO_IPV6POOL_VXLAN, value: "Never"}
            - {name: FELIX_IPV6SUPPORT, value: "false"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: calico-kube-controllers, namespace: kube-system}
spec: {}
`,
  'calico.yaml',
);

/** The parts of operator-crds.yaml and tigera-operator.yaml v3.32.1 that matter to us. */
export const operatorObjects = parseManifest(
  `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: installations.operator.tigera.io}
spec: {group: operator.tigera.io, names: {kind: Installation}}
---
apiVersion: v1
kind: Namespace
metadata: {name: tigera-operator}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: tigera-operator, namespace: tigera-operator}
spec:
  template:
    spec:
      containers: [{name: tigera-operator, image: "quay.io/tigera/operator:v1.42.3"}]
`,
  'tigera-operator.yaml',
);
