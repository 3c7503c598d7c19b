import { allTraces } from '../../cni/index.ts';
import { clusterPaths, paths } from '../../host/paths.ts';
import { BootstrapError, toBootstrapError } from '../../lib/errors.ts';
import type { Held } from '../../exec/runner.ts';
import type { Host } from '../../host/host.ts';
import type { Cluster } from '../cluster.ts';
import { knownState } from '../../host/state.ts';
import { readFacts, type Facts } from '../../host/facts.ts';
import { MAX_LOSSES } from '../../host/unit.ts';
import { sanitizeLine } from '../../lib/sanitize.ts';
import type { HostStep, Step } from '../step.ts';

/** Opens the connection; nothing else of the run comes to a host before its key was checked here. */
const connect: HostStep = {
  id: 'connect',
  title: 'Connect',
  scope: 'hosts',
  needs: [],
  run: async (cluster, host, { signal }) => {
    const runner = await cluster.connect(host, signal);
    cluster.releases.push(() => runner.close());
    host.attach(runner);
    return { changed: false };
  },
};

/** Seconds without a sign of life after which a lock is given up; the holder's come every ten. */
const SILENCE_SEC = 45;

/** Takes the host for this run; the kernel gives it back when the connection goes, whatever happens. */
const lock: HostStep = {
  id: 'lock',
  title: 'Lock',
  scope: 'hosts',
  needs: ['connect'],
  run: async (cluster, host, { signal }) => {
    const lease: { held?: Held } = {};
    cluster.releases.unshift(async () => {
      await lease.held?.close();
    });
    await take(cluster, host, lease, signal);
    return { changed: false };
  },
};

/** Takes the lock, and takes it again should the connection that holds it be lost; whoever has it then ends this run. */
async function take(
  cluster: Cluster,
  host: Host,
  lease: { held?: Held },
  signal: AbortSignal,
): Promise<void> {
  const argv = ['sh', '-c', lockScript, 'k8s-bootstrap', paths.lock, cluster.runId];
  const held = await host.runner.hold(argv, { sudo: true, signal });
  if (held.firstLine !== 'locked') {
    await held.close();
    throw new BootstrapError('E_LOCKED', `another run holds this host (${sanitizeLine(held.firstLine)})`, {
      host: host.address,
      hint: 'wait for the other run to end, or give each job hosts of its own (GitHub: `concurrency`)',
    });
  }
  lease.held = held;
  void held.lost
    .then(() => takeAgain(cluster, host, lease, signal))
    .catch((error: unknown) => {
      cluster.abort(toBootstrapError(error).in({ host: host.address, step: 'lock' }));
    });
}

/** As patient with a host that is away as the commands that run on it. */
async function takeAgain(...args: Parameters<typeof take>): Promise<void> {
  for (let losses = 1; ; losses += 1) {
    try {
      await take(...args);
      return;
    } catch (error) {
      const away = ['E_LOST', 'E_CONNECT'].includes(toBootstrapError(error).code);
      if (!away || losses > MAX_LOSSES) throw error;
    }
  }
}

/**
 * The holder removes the file when it goes: a lock on a file that is no longer there holds nothing. A holder that hears
 * nothing for a while is gone as well, even if its connection is not: a run that lost it waits for its former self.
 */
const lockScript = `
tries=0
until exec 9<>"$1"; flock -n 9 && [ "$1" -ef /proc/self/fd/9 ]; do
  holder=$(head -c 200 "$1" 2>/dev/null | tr -d '\\n')
  if { [ -n "$holder" ] && [ "$holder" != "$2" ]; } || [ $tries -ge ${String(2 * SILENCE_SEC)} ]; then
    printf 'held by %s\\n' "$holder"; exec cat >/dev/null
  fi
  tries=$((tries + 1)); sleep 1
done
printf '%s\\n' "$2" > "$1"
echo locked
while timeout ${String(SILENCE_SEC)} head -c 1 9>&- | grep -q . 9>&-; do :; done
rm -f "$1"
`;

/** Reads what the host is, and what an earlier run left on it. */
export async function learn(host: Host, signal: AbortSignal): Promise<Facts> {
  const found = await readFacts(host, { paths: clusterPaths(allTraces().paths), signal });
  host.learn(found);
  host.state = knownState(found.state);
  return found;
}

const facts: HostStep = {
  id: 'facts',
  title: 'Read facts',
  scope: 'hosts',
  needs: ['lock'],
  run: async (_cluster, host, { signal }) => {
    const found = await learn(host, signal);
    const version = `${found.os.name}, ${String(found.cpus)} CPUs, ${(found.memoryBytes / 2 ** 30).toFixed(1)} GiB`;
    return { changed: false, note: sanitizeLine(version) };
  },
};

/** Looking, without changing anything: what every command begins with. */
export const look: readonly Step[] = [connect, lock, facts];
