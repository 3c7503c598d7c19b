import type { Host } from '../host.ts';

/** Kernel values as they were. @param before `net.ipv4.ip_forward` → `0`. */
export async function restoreSysctls(
  host: Host,
  before: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  if (Object.keys(before).length === 0) return;
  const input = Object.entries(before)
    .map(([key, value]) => `${key.replaceAll('.', '/')} ${value}\n`)
    .join('');
  await host.sh(sysctlScript, [], { signal, input });
}

const sysctlScript = `
while read -r key value; do
  file=/proc/sys/$key
  [ -e "$file" ] || continue
  if [ "$(cat "$file")" != "$value" ]; then printf '%s\\n' "$value" > "$file" 2>/dev/null || true; fi
done
`;
