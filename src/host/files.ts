import { BootstrapError } from '../lib/errors.ts';
import type { Host } from './host.ts';

export interface HostFile {
  readonly path: string;
  readonly content: string;
  /** Octal; default 0o644. */
  readonly mode?: number;
}

/** Reads `path mode base64` lines and replaces what differs, by rename; prints the paths it wrote. */
const syncScript = `
umask 077
while read -r path mode data; do
  mkdir -p -m 0755 "$(dirname "$path")"
  tmp="$path.k8s-bootstrap"
  printf %s "$data" | base64 -d > "$tmp"
  if cmp -s "$tmp" "$path"; then rm -f "$tmp"; continue; fi
  chmod "$mode" "$tmp"
  mv -f "$tmp" "$path"
  echo "$path"
done
`;

/** Makes the files be as given, in one round trip. @returns the paths that were not so before. */
export async function syncFiles(
  host: Host,
  files: readonly HostFile[],
  options: { signal: AbortSignal },
): Promise<readonly string[]> {
  const input = files
    .map(({ path, content, mode = 0o644 }) => {
      if (/\s/.test(path))
        throw new BootstrapError('E_INTERNAL', `file names with spaces are not supported: ${path}`);
      return `${path} ${mode.toString(8)} ${Buffer.from(content).toString('base64')}\n`;
    })
    .join('');
  const { stdout } = await host.sh(syncScript, [], { ...options, input });
  return stdout.split('\n').filter(Boolean);
}
