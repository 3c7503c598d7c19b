#!/bin/sh
# Makes OUT/rootfs.tar from a base: unpacks it, runs a script inside, packs the result.
# What the script leaves in /export, where it makes one, is the whole result. Facts it writes to /facts go to OUT/facts.
# usage: derive.sh BASE_TAR SCRIPT OUT
set -eu
base=$1 script=$2 out=$3
root=$out/root
mkdir "$root"
tar -C "$root" --numeric-owner -xpf "$base"

trap 'rm -rf "$root"' EXIT
trap 'exit 1' INT TERM

# Package tools inside see the network as the machine does.
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp /etc/hosts "$root/etc/hosts"
cp "$script" "$root/derive"
# Nothing is to be started while packages install.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"

# In mounts of its own: /proc goes with the process, however that ends.
DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin \
	unshare --mount sh -euc 'mount -t proc proc "$1/proc"; exec chroot "$1" /bin/sh -eu /derive' sh "$root"

rm -f "$root/derive" "$root/usr/sbin/policy-rc.d" "$root/etc/hosts" "$root/etc/resolv.conf"
rm -rf "$root/var/lib/apt/lists"/* "$root/var/cache/apt"/* "$root/var/log"/*.log "$root/var/log/apt"
if [ -e "$root/facts" ]; then mv "$root/facts" "$out/facts"; fi
if [ -d "$root/export" ]; then
	tar -C "$root/export" --numeric-owner -cf "$out/rootfs.tar" .
else
	tar -C "$root" --numeric-owner -cf "$out/rootfs.tar" .
fi
