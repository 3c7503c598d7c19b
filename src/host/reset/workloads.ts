import type { Host } from '../host.ts';
import { paths } from '../paths.ts';
import { KUBEADM_UNITS } from '../unit.ts';
import { ipvsFunctions } from './ipvs.ts';

export interface StopOptions {
  /** containerd goes on, since images are to stay. */
  readonly keepRuntime: boolean;
  /** Whether virtual servers of IPVS are the cluster's. */
  readonly clearIpvs: boolean;
}

/** Ends our units, the node's pods and the kubelet. */
export async function stopWorkloads(
  host: Host,
  { keepRuntime, clearIpvs }: StopOptions,
  signal: AbortSignal,
): Promise<void> {
  const how = [keepRuntime ? 'keep' : 'stop', clearIpvs ? 'clear' : 'leave'];
  await host.sh(stopScript, [...how, ...Object.values(KUBEADM_UNITS)], { signal, timeoutMs: 240_000 });
}

/**
 * The cluster as a whole goes, so etcd's members need not take leave of each other. kubeadm removes pods by the CRI,
 * which also takes their network down; what it leaves behind in a broken state is killed by cgroup-less means after.
 * Few hosts have ipvsadm, but kube-router's image has, which goes with the pods; its servers would come back while it runs.
 */
const stopScript = `${ipvsFunctions}
runtime=$1; ipvs=$2; shift 2
if [ "$ipvs" = clear ] && has_servers; then
  systemctl stop kubelet.service 2>/dev/null || true
  for exe in /proc/[0-9]*/exe; do
    case $(readlink "$exe" 2>/dev/null || true) in */kube-router) ;; *) continue ;; esac
    pid=\${exe#/proc/}; pid=\${pid%/exe}
    PATH=/usr/sbin:/usr/bin:/sbin:/bin nsenter --target "$pid" --mount -- \\
      sh -c 'kill -KILL "$1"; ipvsadm --clear' sh "$pid" 2>/dev/null || true
  done
fi
for unit in "$@"; do
  systemctl stop "$unit.service" 2>/dev/null || true
  systemctl reset-failed "$unit.service" 2>/dev/null || true
done
if [ -x ${paths.bin}/kubeadm ] && [ -e /etc/kubernetes -o -e /var/lib/kubelet/config.yaml ]; then
  systemctl start containerd.service 2>/dev/null || true
  ${paths.bin}/kubeadm reset --force --skip-phases=preflight,remove-etcd-member >/dev/null 2>&1 || true
fi
systemctl stop kubelet.service 2>/dev/null || true
if systemctl is-active --quiet containerd.service; then
  for task in $(${paths.bin}/ctr -n k8s.io tasks ls -q 2>/dev/null); do
    ${paths.bin}/ctr -n k8s.io tasks rm -f "$task" >/dev/null 2>&1 || true
  done
  for container in $(${paths.bin}/ctr -n k8s.io containers ls -q 2>/dev/null); do
    ${paths.bin}/ctr -n k8s.io containers rm "$container" >/dev/null 2>&1 || true
  done
fi
if [ "$ipvs" = clear ]; then clear_servers; fi
if [ "$runtime" = stop ]; then
  systemctl stop containerd.service 2>/dev/null || true
  for exe in /proc/[0-9]*/exe; do
    if [ "$(readlink "$exe" 2>/dev/null)" = ${paths.bin}/containerd-shim-runc-v2 ]; then
      pid=\${exe#/proc/}; kill -KILL "\${pid%/exe}" 2>/dev/null || true
    fi
  done
  # Without its runtime a pod's processes go on.
  for pods in /sys/fs/cgroup/kubepods* /sys/fs/cgroup/*/kubepods*; do
    [ -d "$pods" ] || continue
    for pid in $(find "$pods" -name cgroup.procs -exec cat {} + 2>/dev/null); do kill -KILL "$pid" 2>/dev/null || true; done
  done
fi
`;
