import type { Host } from '../host.ts';
import { paths } from '../paths.ts';
import type { NetworkTraces } from './traces.ts';

/** Arguments of a script: `kind=name`. */
export function kernelTraces(traces: Required<NetworkTraces>): readonly string[] {
  const of = (kind: string, names: readonly string[]): readonly string[] =>
    names.map((name) => `${kind}=${name}`);
  return [
    ...of('table', traces.routeTables),
    ...of('proto', traces.routeProtocols),
    ...of('fou', traces.fouPorts),
    ...of('datapath', traces.datapaths),
    ...of('mount', traces.mounts),
    ...of('pin', traces.bpfPins),
    ...of('set', traces.ipsets),
  ];
}

/** Removes routes and their rules, mounts, pinned programs and ipsets; to be called when links and chains are gone. */
export async function removeKernelState(
  host: Host,
  traces: Required<NetworkTraces>,
  signal: AbortSignal,
): Promise<void> {
  await host.sh(script, kernelTraces(traces), { signal, timeoutMs: 60_000 });
}

/** Names of the ipsets that the script's arguments tell of. Without the program nobody can list them. */
export const ourSets = `
our_sets() {
  ipset list -n 2>/dev/null | while IFS= read -r name; do
    for trace in "$@"; do
      case $trace in set=*) case $name in "\${trace#set=}"*) printf '%s\\n' "$name"; break ;; esac ;; esac
    done
  done
}
`;

/** Weave's program on the host can also delete a datapath. Sets are emptied first, since one may hold others. */
const script = `
${ourSets}
for trace in "$@"; do
  name=\${trace#*=}
  case $trace in
    table=*)
      for family in -4 -6; do
        count=0
        while [ $count -lt 4096 ] && ip $family rule delete table "$name" 2>/dev/null; do count=$((count + 1)); done
        ip $family route flush table "$name" 2>/dev/null || true
      done ;;
    proto=*) for family in -4 -6; do ip $family route flush proto "$name" 2>/dev/null || true; done ;;
    fou=*) for family in -4 -6; do ip $family fou del port "$name" 2>/dev/null || true; done ;;
    datapath=*)
      for program in ${paths.cniBin}/weave-plugin-*; do
        if [ -e "/sys/class/net/$name" ] && [ -x "$program" ]; then
          "$program" delete-datapath "$name" >/dev/null 2>&1 || true
        fi
      done
      if [ -e "/sys/class/net/$name" ]; then ovs-dpctl del-dp "$name" 2>/dev/null || true; fi ;;
    mount=*)
      count=0
      while [ $count -lt 16 ] && grep -qF " $name " /proc/self/mountinfo; do
        count=$((count + 1))
        umount "$name" 2>/dev/null || umount -l "$name" 2>/dev/null || true
      done ;;
    pin=*) for path in $name; do if [ -e "$path" ]; then rm --recursive --force --one-file-system -- "$path"; fi; done ;;
  esac
done
# Empty, it is nobody's: whoever pins something there makes it.
rmdir /sys/fs/bpf/tc/globals /sys/fs/bpf/tc 2>/dev/null || true
command -v ipset >/dev/null || exit 0
our_sets "$@" | while IFS= read -r name; do ipset flush "$name" 2>/dev/null || true; done
# The kernel lets go of a set some time after the last rule that named it.
for try in 1 2 3 4 5; do
  our_sets "$@" | while IFS= read -r name; do ipset destroy "$name" 2>/dev/null || true; done
  [ -n "$(our_sets "$@")" ] || break
  sleep 1
done
`;
