#!/bin/sh
# `kind create cluster`, the CNI and a wait, with the least that Flannel takes on kind's nodes: the plugin that their image
# lacks, and a registry that they reach. Nothing is verified.
# usage: kind.sh KIND NODE_IMAGE NAME FLANNEL_MANIFEST CNI_PLUGINS_ARCHIVE REGISTRY_MIRROR
set -eu
kind=$1 image=$2 name=$3 flannel=$4 plugins=$5 registry=$6
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
tar -xzf "$plugins" -C "$dir" ./bridge

"$kind" create cluster --quiet --name "$name" --image "$image" --kubeconfig "$dir/kubeconfig" --config - <<EOF
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
networking: {disableDefaultCNI: true}
nodes: [{role: control-plane}, {role: worker}, {role: worker}]
kubeadmConfigPatches: ["{kind: KubeletConfiguration, failCgroupV1: false}"]
containerdConfigPatches:
  - |
    [plugins."io.containerd.grpc.v1.cri".registry]
      config_path = "/etc/containerd/certs.d"
EOF
control=$name-control-plane
for node in "$control" "$name-worker" "$name-worker2"; do
  {
    docker cp --quiet "$dir/bridge" "$node:/opt/cni/bin/bridge" >/dev/null 2>&1 || docker cp "$dir/bridge" "$node:/opt/cni/bin/bridge" >/dev/null
    docker exec "$node" sh -c "mkdir -p /etc/containerd/certs.d/ghcr.io && printf '[host.\"%s\"]\n  override_path = true\n' '$registry/v2/ghcr.io' > /etc/containerd/certs.d/ghcr.io/hosts.toml"
  } &
done
wait
kubectl() { docker exec -i "$control" kubectl --kubeconfig /etc/kubernetes/admin.conf "$@"; }
kubectl apply -f - <"$flannel" >/dev/null
kubectl wait node --all --for=condition=Ready --timeout=180s >/dev/null
kubectl -n kube-flannel rollout status daemonset --timeout=180s >/dev/null
