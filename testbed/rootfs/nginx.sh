# Runs inside.
apt-get update -q
apt-get install -qy --no-install-recommends nginx-light
dpkg-query -W -f '${Version}\n' nginx-light | sed 's/^[0-9]*://; s/-[^-]*$//' >/facts
