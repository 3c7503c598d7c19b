import { BootstrapError } from '../../lib/errors.ts';
import { sanitizeLine } from '../../lib/sanitize.ts';
import type { Host } from '../host.ts';

/**
 * Takes a CNI's BPF programs off the interfaces that stay, such as the host's own. To come before their maps go: a
 * program that has lost them drops every packet, SSH's as well.
 *
 * @param prefixes of the programs' names.
 * @throws BootstrapError `E_RESET` while there may be some that cannot be taken off.
 */
export async function detachBpfFilters(
  host: Host,
  prefixes: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  if (prefixes.length === 0) return;
  const names = prefixes.map((prefix) => prefix.replace(/\W/g, '')).join('|');
  const { stdout } = await host.sh(script, [names], { signal });
  const left = stdout.split('\n').filter(Boolean).map(sanitizeLine);
  if (left.length === 0) return;
  throw new BootstrapError('E_RESET', `BPF programs cannot be taken off: ${left.slice(0, 6).join(', ')}`, {
    host: host.address,
    hint: 'see that tc is installed (iproute2, iproute-tc), then run `k8s-bootstrap down` again',
  });
}

/** Where tc or libbpf pin the maps of filters. */
const MAPS = '/sys/fs/bpf/tc/globals';

/** Prints what is in the way. The qdisc that holds nothing any more goes too. */
const script = `
if ! command -v tc >/dev/null; then
  if [ -n "$(ls -A ${MAPS} 2>/dev/null)" ]; then echo 'there is no tc'; fi
  exit 0
fi
for path in /sys/class/net/*; do
  link=\${path##*/}
  removed=
  for hook in ingress egress; do
    filters=$(tc filter show dev "$link" "$hook" 2>/dev/null |
      sed -nE "s/^filter protocol ([^ ]+) pref ([0-9]+) bpf .*handle (0x[0-9a-f]+) ($1).*/\\1 \\2 \\3/p")
    [ -n "$filters" ] || continue
    removed=yes
    printf '%s\\n' "$filters" | while read -r protocol pref handle; do
      tc filter del dev "$link" "$hook" protocol "$protocol" pref "$pref" handle "$handle" bpf 2>/dev/null ||
        echo "pref $pref $hook of $link"
    done
  done
  if [ -n "$removed" ] && [ -z "$(tc filter show dev "$link" ingress; tc filter show dev "$link" egress)" ]; then
    tc qdisc del dev "$link" clsact 2>/dev/null || true
  fi
done
`;
