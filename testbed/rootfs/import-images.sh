#!/bin/sh
# Makes the data folder of a containerd that holds images, none of them unpacked, as kind's own build does.
# usage: import-images.sh FOLDER_OF_CONTAINERD OCI_LAYOUT ROOT
set -eu
bin=$1 layout=$2 root=$3
state=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$state"' EXIT
trap 'exit 1' INT TERM

# Nothing that would touch the machine: only what keeps content.
cat >"$state/config.toml" <<EOF
version = 3
root = "$root"
state = "$state/run"
disabled_plugins = [
  "io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime", "io.containerd.grpc.v1.cri",
  "io.containerd.internal.v1.opt", "io.containerd.nri.v1.nri",
]
[grpc]
  address = "$state/containerd.sock"
EOF
"$bin/containerd" --config "$state/config.toml" >"$state/log" 2>&1 &
pid=$!
tries=0
until "$bin/ctr" --address "$state/containerd.sock" version >/dev/null 2>&1; do
	tries=$((tries + 1))
	if [ "$tries" -gt 300 ] || ! kill -0 "$pid"; then
		cat "$state/log" >&2
		exit 1
	fi
	sleep 0.1
done
tar -C "$layout" -cf - . | "$bin/ctr" --address "$state/containerd.sock" --namespace k8s.io images import \
	--label=io.cri-containerd.pinned=pinned --all-platforms --no-unpack -
kill "$pid"
wait "$pid" || true

# Each node is to find its own.
rm -rf "$root/io.containerd.grpc.v1.introspection"
