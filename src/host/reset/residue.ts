import { BootstrapError } from '../../lib/errors.ts';
import { sanitizeLine } from '../../lib/sanitize.ts';
import type { Host } from '../host.ts';
import type { NetworkUse } from '../network-facts.ts';
import { paths } from '../paths.ts';
import { alternatives, rulePattern } from './iptables.ts';
import { kernelTraces, ourSets } from './kernel-state.ts';
import { keptLinks, type NetworkTraces } from './traces.ts';

/** A reset that leaves something is a failed one, however many of its commands succeeded. @throws BootstrapError `E_RESET`. */
export async function refuseResidue(
  host: Host,
  traces: Required<NetworkTraces>,
  before: NetworkUse | undefined,
  signal: AbortSignal,
): Promise<void> {
  const ipvs = before?.ipvs === false ? 'none' : 'any';
  const left = await look(host, `${networkScript}${nodeScript}`, { traces, before, ipvs, signal });
  refuse(host, left, 'the reset', 'or reboot the host and run `k8s-bootstrap down` again');
}

/** The same of a CNI that left a host which stays a node. @throws BootstrapError `E_RESET`. */
export async function refuseCniResidue(
  host: Host,
  traces: Required<NetworkTraces>,
  before: NetworkUse | undefined,
  signal: AbortSignal,
): Promise<void> {
  const left = await look(host, networkScript, { traces, before, ipvs: 'any', signal });
  refuse(host, left, 'the former CNI', 'or reboot the host; then run `k8s-bootstrap up` again');
}

async function look(
  host: Host,
  script: string,
  {
    traces,
    before,
    ipvs,
    signal,
  }: {
    readonly traces: Required<NetworkTraces>;
    readonly before: NetworkUse | undefined;
    readonly ipvs: 'none' | 'any';
    readonly signal: AbortSignal;
  },
): Promise<readonly string[]> {
  const links = traces.links.map((name) => `link=${name}`);
  const args = [ipvs, keptLinks(before), alternatives(traces.chains), rulePattern(traces)];
  const { stdout } = await host.sh(script, [...args, ...links, ...kernelTraces(traces)], { signal });
  return stdout.split('\n').filter(Boolean).map(sanitizeLine);
}

function refuse(host: Host, left: readonly string[], who: string, otherwise: string): void {
  if (left.length === 0) return;
  throw new BootstrapError('E_RESET', `${who} left something behind: ${left.slice(0, 6).join(', ')}`, {
    host: host.address,
    hint: `remove it by hand, ${otherwise}`,
  });
}

const networkScript = `
ipvs=$1; kept=$2; chains=$3; rules=$4; shift 4
${ourSets}
for trace in "$@"; do
  name=\${trace#*=}
  case $trace in
    link=*)
      for path in /sys/class/net/$name; do
        case $kept in *" \${path##*/} "*) continue ;; esac
        [ -e "$path" ] || continue
        # It goes with its module alone; down and without an address it is nobody's.
        if [ "$name" = tunl0 ] && [ $(($(cat "$path/flags") & 1)) = 0 ] && [ -z "$(ip -o address show dev tunl0)" ]; then continue; fi
        echo "link \${path##*/}"
      done ;;
    table=*)
      for family in -4 -6; do
        ip $family rule show table "$name" 2>/dev/null | sed 's/^[0-9]*:[[:space:]]*/rule /' || true
        ip $family route show table "$name" 2>/dev/null | sed 's/^/route /' || true
      done ;;
    proto=*) for family in -4 -6; do ip $family route show proto "$name" 2>/dev/null | sed 's/^/route /' || true; done ;;
    mount=*) if grep -qF " $name " /proc/self/mountinfo; then echo "mount $name"; fi ;;
    pin=*) for path in $name; do if [ -e "$path" ]; then echo "program $path"; fi; done ;;
  esac
done
our_sets "$@" | sed 's/^/ipset /'
for save in iptables-save ip6tables-save; do
  command -v $save >/dev/null || continue
  $save 2>/dev/null | sed -nE "s/^:(($chains)[^ ]*) .*/chain \\1/p" | head -n 3
  $save 2>/dev/null | grep -E "^-A .*($rules)" | sed 's/^-A/rule/' | head -n 3
done
true
`;

const nodeScript = `
for exe in /proc/[0-9]*/exe; do
  case $(readlink "$exe" 2>/dev/null || true) in
    ${paths.bin}/kubelet|${paths.bin}/containerd-shim-runc-v2) pid=\${exe#/proc/}; echo "process \${pid%/exe}" ;;
  esac
done
for pods in /sys/fs/cgroup/kubepods* /sys/fs/cgroup/*/kubepods*; do
  if [ -d "$pods" ]; then find "$pods" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -u | sed 's/^/process of a pod /'; fi
done
for netns in /run/netns/cni-*; do if [ -e "$netns" ]; then echo "namespace $netns"; fi; done
if [ "$ipvs" = none ] && [ -n "$(sed -n 4p /proc/net/ip_vs 2>/dev/null)" ]; then
  echo 'virtual servers of IPVS (ipvsadm --clear)'
fi
true
`;
