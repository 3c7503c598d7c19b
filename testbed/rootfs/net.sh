# Runs inside: what kube-proxy and flanneld call by name.
apt-get update -q
apt-get install -qy --no-install-recommends iptables nftables ipset conntrack iproute2 kmod ca-certificates
