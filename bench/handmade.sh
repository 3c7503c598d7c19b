#!/bin/sh
# The shortest way to the same cluster that an expert would write for these very hosts: everything is on the nodes,
# nothing is looked at first, nothing is verified but that nginx answers once across nodes.
# usage: handmade.sh KEY KNOWN_HOSTS USER KUBERNETES_VERSION FLANNEL_MANIFEST NGINX_IMAGE CONTROL_PLANE WORKER...
set -eu
key=$1 known=$2 user=$3 version=$4 flannel=$5 nginx=$6 control=$7
shift 7
control_dir=$(mktemp -d)
trap 'for host in $control $workers; do ssh -F none -o ControlPath="$control_dir/%h" -O exit "$user@$host" 2>/dev/null || true; done; rm -rf "$control_dir"' EXIT
workers="$*"

on() {
  host=$1
  shift
  ssh -F none -i "$key" -o UserKnownHostsFile="$known" -o ControlMaster=auto -o ControlPersist=60 \
    -o ControlPath="$control_dir/%h" -o BatchMode=yes -o LogLevel=ERROR "$user@$host" "$@"
}
kubectl() { on "$control" sudo /usr/local/bin/kubectl --kubeconfig /etc/kubernetes/admin.conf "$@"; }

prepare='sudo sh -c "mkdir -p /etc/kubernetes && echo nameserver $(hostname -I | cut -d\  -f1) > /etc/kubernetes/resolv.conf"'
for host in $control $workers; do on "$host" "$prepare" & done
wait

on "$control" 'sudo tee /run/kubeadm.yaml >/dev/null' <<EOF
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
nodeRegistration: {imagePullPolicy: IfNotPresent, ignorePreflightErrors: [all]}
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v$version
networking: {podSubnet: 10.244.0.0/16}
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: cgroupfs
failCgroupV1: false
resolvConf: /etc/kubernetes/resolv.conf
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
conntrack: {maxPerCore: 0, min: 0}
EOF
join=$(on "$control" sudo kubeadm init --config /run/kubeadm.yaml | grep -A 2 '^kubeadm join' | tr -d '\\\n')
for host in $workers; do on "$host" "sudo $join --ignore-preflight-errors=all" >/dev/null & done
kubectl apply -f - <"$flannel" >/dev/null &
kubectl apply -f - >/dev/null <<EOF &
apiVersion: apps/v1
kind: Deployment
metadata: {name: nginx}
spec:
  replicas: 3
  selector: {matchLabels: {app: nginx}}
  template:
    metadata: {labels: {app: nginx}}
    spec:
      terminationGracePeriodSeconds: 0
      tolerations: [{key: node-role.kubernetes.io/control-plane, operator: Exists}]
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            - {labelSelector: {matchLabels: {app: nginx}}, topologyKey: kubernetes.io/hostname}
      containers:
        - {name: nginx, image: "$nginx", imagePullPolicy: IfNotPresent, ports: [{containerPort: 80}]}
EOF
wait
kubectl wait node --all --for=condition=Ready --timeout=180s >/dev/null
kubectl rollout status deployment/nginx --timeout=180s >/dev/null
for ip in $(kubectl get pods -l app=nginx -o "'jsonpath={.items[*].status.podIP}'"); do
  for host in $control $workers; do on "$host" curl -fsS -o /dev/null --max-time 5 "http://$ip/"; done
done
