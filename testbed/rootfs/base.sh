#!/bin/sh
# Makes a minimal Debian as OUT/rootfs.tar.
# usage: base.sh SUITE OUT
set -eu
suite=$1 out=$2
root=$out/root

# The machine's own mirror, where its package sources know this suite; debootstrap's default otherwise.
mirror=$(apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
	awk -v suite="$suite" '$1 == suite && $2 == "main" { print $3; exit }')
case $mirror in http://* | https://*) ;; *) mirror= ;; esac

# In mounts of its own: /proc and /sys go with the process, however that ends.
unshare --mount debootstrap --variant=minbase "$suite" "$root" ${mirror:+"$mirror"}

# Nobody needs these layers to survive a power cut, nor their documentation.
echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/testbed"
cat >>"$root/etc/dpkg/dpkg.cfg.d/testbed" <<'EOF'
path-exclude=/usr/share/doc/*
path-include=/usr/share/doc/*/copyright
path-exclude=/usr/share/man/*
path-exclude=/usr/share/locale/*
EOF
rm -rf "$root/usr/share/man" "$root/usr/share/locale" "$root/var/cache/apt/archives"/*.deb
find "$root/usr/share/doc" -type f ! -name copyright -delete
rm -f "$root/etc/machine-id"
tar -C "$root" --numeric-owner -cf "$out/rootfs.tar" .
rm -rf "$root"
