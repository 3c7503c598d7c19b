import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const testbedDir = dirname(dirname(fileURLToPath(import.meta.url)));
export const repoDir = dirname(testbedDir);

export const cacheDir =
  process.env['K8S_BOOTSTRAP_TESTBED_CACHE'] ?? join(homedir(), '.cache', 'k8s-bootstrap-testbed');

/** Runtime files of the private engine: sockets have a length limit, so they can't live below the cache. */
export const runDir = '/run/k8s-bootstrap-testbed';

export const stateDir = join(repoDir, '.testbed');
export const stateFiles = {
  cluster: join(stateDir, 'cluster.yaml'),
  checksums: join(stateDir, 'checksums.txt'),
  knownHosts: join(stateDir, 'ssh', 'known_hosts'),
  key: join(stateDir, 'ssh', 'id_ed25519'),
  state: join(stateDir, 'state.json'),
};
