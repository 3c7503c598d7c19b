import type { Host } from '../../host/host.ts';
import { paths } from '../../host/paths.ts';
import type { ClusterStep } from '../step.ts';

/** The line between looking and changing: every host is fit and holds verified artifacts when it is crossed. */
export const begin: ClusterStep = {
  id: 'begin',
  title: 'Begin changes',
  scope: 'cluster',
  needs: ['fetch'],
  run: (cluster) => {
    cluster.begun = true;
    return Promise.resolve({ changed: false });
  },
};

/** Takes downloads off the hosts again where the run ended before the line. */
export const unstage: ClusterStep = {
  id: 'unstage',
  title: 'Remove unused downloads',
  scope: 'cluster',
  needs: ['begin'],
  always: true,
  run: async (cluster, { signal }) => {
    if (cluster.begun) return { changed: false };
    // Facts are read under the lock only: what was not locked may be another run's.
    const ours = cluster.hosts.filter((host) => host.known);
    await Promise.allSettled(ours.map((host) => removeDownloads(host, signal)));
    return { changed: false };
  },
};

/** Also for a reset of a host that a killed run had only brought downloads to. @returns whether there were any. */
export async function removeDownloads(host: Host, signal: AbortSignal): Promise<boolean> {
  const { stdout } = await host.sh(unstageScript, [], { signal, timeoutMs: 15_000 });
  return stdout.includes('removed');
}

const unstageScript = `
if [ -d ${paths.staging} ]; then echo removed; fi
rm -rf ${paths.staging}
if [ -d ${paths.stateDir} ]; then rmdir --ignore-fail-on-non-empty ${paths.stateDir}; fi
`;
