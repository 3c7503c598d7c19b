# Runs inside: what kind's own images/base/Dockerfile installs and takes away, as far as nodes of tests need it.
apt-get update -q
apt-get install -qy --no-install-recommends \
	systemd conntrack iptables nftables iproute2 ethtool util-linux mount kmod libseccomp2 pigz \
	e2fsprogs bash ca-certificates curl jq procps

find /lib/systemd/system/sysinit.target.wants/ -name systemd-tmpfiles-setup.service -delete
rm -f /lib/systemd/system/multi-user.target.wants/* /etc/systemd/system/*.wants/* \
	/lib/systemd/system/local-fs.target.wants/* /lib/systemd/system/sockets.target.wants/*udev* \
	/lib/systemd/system/sockets.target.wants/*initctl* /lib/systemd/system/basic.target.wants/*
echo 'ReadKMsg=no' >>/etc/systemd/journald.conf
ln -s /usr/lib/systemd/systemd /sbin/init

# The units themselves are kind's and come on top.
mkdir -p /etc/systemd/system/multi-user.target.wants /etc/kubernetes/manifests
for unit in kubelet containerd undo-mount-hacks; do
	ln -s "/etc/systemd/system/$unit.service" "/etc/systemd/system/multi-user.target.wants/$unit.service"
done
systemctl mask systemd-binfmt.service
