import { createConnection, isIP } from 'node:net';
import { isLoopback } from '../../host/facts.ts';
import { sanitizeLine } from '../../lib/sanitize.ts';
import type { Finding } from '../../report/model.ts';
import type { Cluster } from '../cluster.ts';

/** Milliseconds for a connection. */
const PATIENCE = 10_000;

/**
 * Registry mirrors that nodes will not reach, as this machine sees it: what they send out goes by its own connections.
 * Not asked is what nodes see otherwise: names of containers on their network, their own loopback, and anything where
 * there is a proxy, which kind hands on to them. Whether it is a registry is left to them, as are its certificates.
 */
export async function mirrorFindings(
  { spec, kind }: Cluster,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  if (Object.keys(process.env).some((name) => /^https?_proxy$/i.test(name))) return [];
  const origins = [...new Set(Object.values(spec.registryMirrors).map((url) => new URL(url).origin))];
  const errors = await Promise.all(origins.map((origin) => whyUnreachable(new URL(origin), signal)));
  // A cluster that is up may have its images already.
  const severity = kind.found === 'whole' ? 'warning' : 'error';
  return origins.flatMap((origin, index): readonly Finding[] => {
    const error = errors[index];
    if (error === undefined) return [];
    return [
      {
        id: 'mirror-unreachable',
        severity,
        message: `this machine cannot reach the registry mirror ${origin}: ${sanitizeLine(error)}`,
        hint: 'see that the mirror is up and the address right (registryMirrors)',
      },
    ];
  });
}

async function whyUnreachable(
  { protocol, hostname, port }: URL,
  signal: AbortSignal,
): Promise<string | undefined> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) === 0 ? !host.includes('.') : isLoopback(host)) return undefined;
  const socket = createConnection({ host, port: Number(port || (protocol === 'https:' ? 443 : 80)), signal });
  try {
    return await new Promise((resolve, reject) => {
      socket.setTimeout(PATIENCE, () => {
        resolve(`no answer in ${String(PATIENCE / 1000)} s`);
      });
      socket.once('connect', () => {
        resolve(undefined);
      });
      socket.once('error', (error: NodeJS.ErrnoException) => {
        if (signal.aborted) reject(signal.reason as Error);
        // Docker may know a name that this machine does not.
        else resolve(error.syscall === 'getaddrinfo' ? undefined : (error.code ?? error.message));
      });
    });
  } finally {
    socket.destroy();
  }
}
