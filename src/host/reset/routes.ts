import type { Host } from '../host.ts';

/** What a CNI changes of a host's own rules for routing. */
export interface RouteTraces {
  /** Priorities to which it moves the rule for the table `local`, which is at 0 otherwise. */
  readonly localRules?: readonly string[];
}

/** Puts the rule for local addresses back to its place, and removes routes to pods over interfaces that stay. */
export async function restoreRoutes(
  host: Host,
  { localRules = [] }: RouteTraces,
  podCIDR: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  await host.sh(routesScript, [podCIDR ?? '', ...localRules], { signal });
}

/** Preflight saw to it that nothing of the host's own is in the pods' range. */
const routesScript = `
for range in $(printf '%s' "$1" | tr , ' '); do
  case $range in
    */0) ;;
    *:*) ip -6 route flush root "$range" 2>/dev/null || true ;;
    *) ip -4 route flush root "$range" 2>/dev/null || true ;;
  esac
done
shift
for family in -4 -6; do
  rules=$(ip $family rule show 2>/dev/null) || continue
  if printf '%s\\n' "$rules" | grep -q '^0:'; then continue; fi
  for priority in "$@"; do
    printf '%s\\n' "$rules" | grep -qE "^$priority:[[:space:]]+from all lookup local" || continue
    ip $family rule add pref 0 from all lookup local protocol kernel
    ip $family rule del pref "$priority" from all lookup local
    break
  done
done
`;
