# Runs inside: a host as an administrator gets it, with systemd and sshd and nothing of Kubernetes.
apt-get update -q
apt-get install -qy --no-install-recommends \
	systemd-sysv dbus openssh-server sudo libpam-systemd \
	iproute2 iptables nftables kmod ca-certificates curl conntrack socat ethtool procps ipset iputils-ping

# Made per host, when a host is made.
rm -f /etc/ssh/ssh_host_* /etc/machine-id

for user in ops plain askpass; do
	useradd --create-home --shell /bin/bash "$user"
done
# Neither a password nor "account locked", which sshd would take for a refusal of keys as well.
for user in root ops plain askpass; do
	usermod --password '*' "$user"
done
echo 'ops ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/ops
echo 'askpass ALL=(ALL:ALL) ALL' >/etc/sudoers.d/askpass
chmod 440 /etc/sudoers.d/ops /etc/sudoers.d/askpass

# These would reach through to the machine's own hardware and kernel, or wait for what a container hasn't got.
systemctl mask systemd-udevd.service systemd-udev-trigger.service systemd-udevd-kernel.socket \
	systemd-udevd-control.socket console-getty.service getty.target \
	apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
	sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount dev-hugepages.mount dev-mqueue.mount
rm -f /usr/lib/sysctl.d/*.conf
