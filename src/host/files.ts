import { BootstrapError } from '../lib/errors.ts';
import type { Host } from './host.ts';

export interface HostFile {
  readonly path: string;
  readonly content: string;
  /** Octal; default 0o644. */
  readonly mode?: number;
}

/** Reads `path mode base64` lines and replaces the files, by rename. */
const writeScript = `
umask 077
while read -r path mode data; do
  mkdir -p -m 0755 "$(dirname "$path")"
  printf %s "$data" | base64 -d > "$path.k8s-bootstrap"
  chmod "$mode" "$path.k8s-bootstrap"
  mv -f "$path.k8s-bootstrap" "$path"
done
`;

/** Reads `path mode base64` lines and prints the paths whose content or mode differs. */
const staleScript = `
while read -r path mode data; do
  if [ -f "$path" ] && [ "$(stat -c %a "$path")" = "$mode" ] && printf %s "$data" | base64 -d | cmp -s - "$path"; then continue; fi
  echo "$path"
done
`;

/** Those of the files that are not on the host as given. Changes nothing. */
export async function staleFiles(
  host: Host,
  files: readonly HostFile[],
  options: { signal: AbortSignal },
): Promise<readonly HostFile[]> {
  const { stdout } = await host.sh(staleScript, [], { ...options, input: encode(files) });
  const stale = new Set(stdout.split('\n'));
  return files.filter(({ path }) => stale.has(path));
}

/** Writes the files, in one round trip. */
export async function writeFiles(
  host: Host,
  files: readonly HostFile[],
  options: { signal: AbortSignal },
): Promise<void> {
  if (files.length > 0) await host.sh(writeScript, [], { ...options, input: encode(files) });
}

function encode(files: readonly HostFile[]): string {
  return files
    .map(({ path, content, mode = 0o644 }) => {
      if (/\s/.test(path))
        throw new BootstrapError('E_INTERNAL', `file names with spaces are not supported: ${path}`);
      return `${path} ${mode.toString(8)} ${Buffer.from(content).toString('base64')}\n`;
    })
    .join('');
}
