# Runs inside: clang and those of its libraries that the base lacks, and nothing else of LLVM. Cilium's agents compile with
# it for BPF, and include no header but their own.
cd /tmp
ls /usr/lib/x86_64-linux-gnu >before
apt-get update -q
apt-get install -qy --no-install-recommends libclang-cpp19
apt-get download -q clang-19
dpkg-deb --fsys-tarfile clang-19_*.deb | tar -xO ./usr/lib/llvm-19/bin/clang >clang
chmod 755 clang

mkdir -p /export/usr/bin /export/usr/lib/x86_64-linux-gnu
cp clang /export/usr/bin/clang
ldd clang | while read -r name _ path _; do
	case $path in /*) ;; *) continue ;; esac
	if ! grep -qxF "$name" before; then cp -L "$path" /export/usr/lib/x86_64-linux-gnu/; fi
done
