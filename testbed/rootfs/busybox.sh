# Runs inside: busybox alone, with a link for every applet.
apt-get update -q
apt-get install -qy --no-install-recommends busybox-static
dpkg-query -W -f '${Version}\n' busybox-static | sed 's/^[0-9]*://; s/-[^-]*$//' >/facts
mkdir -p /export/bin /export/etc /export/root /export/tmp /export/var/www /export/home
chmod 1777 /export/tmp
cp /bin/busybox /export/bin/busybox
for applet in $(busybox --list); do
	[ "$applet" = busybox ] || ln -s busybox "/export/bin/$applet"
done
mkdir /export/usr /export/sbin
ln -s ../bin /export/usr/bin
echo 'root:x:0:0:root:/root:/bin/sh
nobody:x:65534:65534:nobody:/home:/bin/false' >/export/etc/passwd
echo 'root:x:0:
nogroup:x:65534:' >/export/etc/group
