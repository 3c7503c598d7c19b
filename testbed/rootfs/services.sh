# Runs inside: the mirror's and the registry's servers.
apt-get update -q
apt-get install -qy --no-install-recommends nginx-light docker-registry
