import { createHash } from 'node:crypto';
import { createConnection, createServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { sanitizeLine } from '../../lib/sanitize.ts';

export type LockAttempt = { readonly close: () => Promise<void> } | { readonly heldBy: string };

/**
 * Takes a name on this machine for as long as the process lives, by listening on it in Linux' abstract socket namespace:
 * there is no file that could be left behind, and whoever finds the name taken is told by whom.
 */
export async function takeName(name: string, holder: string): Promise<LockAttempt> {
  // Of one length, since a socket's name ends at 107 bytes.
  const path = `\0k8s-bootstrap-${createHash('sha256').update(name).digest('hex')}`;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(`${holder}\n`);
  });
  if (await listens(server, path)) {
    // A lock alone keeps no process alive.
    server.unref();
    return {
      close: () =>
        new Promise((resolve) =>
          server.close(() => {
            resolve();
          }),
        ),
    };
  }
  return { heldBy: sanitizeLine(await ask(path)).slice(0, 200) };
}

function listens(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('listening', () => {
      resolve(true);
    });
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(path);
  });
}

async function ask(path: string): Promise<string> {
  const socket = createConnection(path);
  socket.setTimeout(2_000, () => socket.destroy());
  return (await text(socket).catch(() => '')).trim();
}
