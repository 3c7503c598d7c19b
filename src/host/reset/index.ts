import { BootstrapError } from '../../lib/errors.ts';
import { sanitizeLine } from '../../lib/sanitize.ts';
import type { Host } from '../host.ts';
import { paths } from '../paths.ts';
import { writeState, type HostState } from '../state.ts';
import { detachBpfFilters } from './bpf-filters.ts';
import { removeFiles } from './files.ts';
import { nodeTraces, pluginTraces, removeNetwork, type NetworkTraces } from './network.ts';
import { stopWorkloads } from './workloads.ts';

export interface ResetOptions {
  /** Leave runtime, programs and images for a next run. */
  readonly keepArtifacts: boolean;
  readonly traces: NetworkTraces & {
    readonly paths: readonly string[];
    /** Prefixes of names. */
    readonly bpfFilters?: readonly string[];
  };
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** Takes the cluster off a host of ours and puts back what its state remembers. @throws BootstrapError `E_RESET`. */
export async function resetHost(host: Host, state: HostState, options: ResetOptions): Promise<void> {
  const { keepArtifacts, traces, signal, log } = options;
  log('stopping pods, kubelet and runtime');
  await stopWorkloads(host, keepArtifacts, signal);
  log('removing links, chains and tables of the network');
  await detachBpfFilters(host, traces.bpfFilters ?? [], signal);
  await removeNetwork(host, [nodeTraces, pluginTraces, traces], state.before, signal);
  log('removing files');
  await removeFiles(host, { before: state.before, keepArtifacts, paths: traces.paths, signal });
  await restoreSysctls(host, state.before.sysctls, keepArtifacts, signal);
  await refuseResidue(host, traces, signal);
  if (keepArtifacts) await writeState(host, { ...state, phase: 'prepared' }, signal);
  else await host.root(['rm', '-rf', paths.stateDir], { signal });
}

async function restoreSysctls(
  host: Host,
  before: Readonly<Record<string, string>>,
  keepArtifacts: boolean,
  signal: AbortSignal,
): Promise<void> {
  if (keepArtifacts) return;
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

/** A reset that leaves something is a failed one, however many of its commands succeeded. */
async function refuseResidue(host: Host, traces: NetworkTraces, signal: AbortSignal): Promise<void> {
  const { stdout } = await host.sh(residueScript, traces.links, { signal });
  const left = stdout.split('\n').filter(Boolean).map(sanitizeLine);
  if (left.length === 0) return;
  throw new BootstrapError('E_RESET', `the reset left something behind: ${left.slice(0, 6).join(', ')}`, {
    host: host.address,
    hint: 'remove it by hand, or reboot the host and run `k8s-bootstrap down` again',
  });
}

const residueScript = `
for name in "$@"; do
  for path in /sys/class/net/$name; do
    [ -e "$path" ] || continue
    # It goes with its module alone; down and without an address it is nobody's.
    if [ "$name" = tunl0 ] && [ $(($(cat "$path/flags") & 1)) = 0 ] && [ -z "$(ip -o address show dev tunl0)" ]; then continue; fi
    echo "link \${path##*/}"
  done
done
for exe in /proc/[0-9]*/exe; do
  case $(readlink "$exe" 2>/dev/null || true) in
    ${paths.bin}/kubelet|${paths.bin}/containerd-shim-runc-v2) pid=\${exe#/proc/}; echo "process \${pid%/exe}" ;;
  esac
done
for pods in /sys/fs/cgroup/kubepods* /sys/fs/cgroup/*/kubepods*; do
  if [ -d "$pods" ]; then find "$pods" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -u | sed 's/^/process of a pod /'; fi
done
for save in iptables-save ip6tables-save; do
  command -v $save >/dev/null && $save 2>/dev/null | sed -n 's/^:\\(KUBE-[^ ]*\\) .*/chain \\1/p' | head -n 3
done
for netns in /run/netns/cni-*; do if [ -e "$netns" ]; then echo "namespace $netns"; fi; done
true
`;
