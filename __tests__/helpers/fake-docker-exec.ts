import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs on this machine what is meant for the container, as `docker exec` would there. */
const script = `#!/bin/sh
[ "$1 $2 $3 $4" = "exec --interactive --user root" ] || { echo "not docker exec as root: $*" >&2; exit 125; }
shift 4
while [ "$1" = --env ]; do export "$2"; shift 2; done
[ "$1" = "$CONTAINER" ] || { echo "Error: No such container: $1" >&2; exit 1; }
shift
exec "$@"
`;

/** Puts a `docker` first on this process' PATH that knows one container. @returns what takes it away again. */
export function fakeDockerExec(container: string): () => void {
  const dir = mkdtempSync(join(tmpdir(), 'k8s-bootstrap-docker-'));
  writeFileSync(join(dir, 'docker'), script.replace('$CONTAINER', container));
  chmodSync(join(dir, 'docker'), 0o755);
  const { PATH = '' } = process.env;
  process.env['PATH'] = `${dir}:${PATH}`;
  return () => {
    process.env['PATH'] = PATH;
    rmSync(dir, { recursive: true });
  };
}
