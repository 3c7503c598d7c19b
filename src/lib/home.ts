import { homedir } from 'node:os';
import { join } from 'node:path';

/** A path with a leading `~` as shells would read it; inputs and files do not pass through a shell. */
export function expandHome(path: string, home: string | undefined): string {
  return path === '~' || path.startsWith('~/') ? join(home ?? homedir(), path.slice(1)) : path;
}
