import { BootstrapError } from '../../lib/errors.ts';
import type { Host } from '../host.ts';
import { clusterPaths, ownFiles, paths } from '../paths.ts';
import type { Baseline } from '../state.ts';

/** What only the cluster filled; runtime, programs and images are elsewhere. */
const clusterDirectories: readonly string[] = [
  '/etc/kubernetes',
  '/etc/cni',
  '/var/lib/kubelet',
  '/var/lib/etcd',
  '/var/lib/cni',
  '/var/log/pods',
  '/var/log/containers',
  '/usr/libexec/kubernetes',
  '/run/kubernetes',
];

export interface RemoveOptions {
  readonly before: Baseline;
  readonly keepArtifacts: boolean;
  /** Further paths, the CNI's. */
  readonly paths: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Unmounts what is below the cluster's directories, then removes them, or empties those that were there before.
 * @throws BootstrapError `E_RESET` while something is still mounted there, since deleting would reach into it.
 */
export async function removeFiles(
  host: Host,
  { before, keepArtifacts, paths: more, signal }: RemoveOptions,
): Promise<void> {
  const directories = keepArtifacts ? [...clusterDirectories, ...more] : clusterPaths(more);
  const { stdout } = await host.sh(unmountScript, directories, { signal, timeoutMs: 60_000 });
  const mounted = stdout.split('\n').filter(Boolean);
  if (mounted.length > 0) {
    throw new BootstrapError('E_RESET', `still mounted: ${mounted.slice(0, 5).join(', ')}`, {
      host: host.address,
      hint: 'see who uses it (fuser -vm), then run `k8s-bootstrap down` again',
    });
  }
  await removePaths(host, [...directories, paths.runDir], before, signal);
  await host.sh(cgroupScript, [], { signal });
  if (keepArtifacts) return;
  await host.sh(unitsScript, ownFiles, { signal });
}

/** Removes what was not there before, and empties the directories that were. */
export async function removePaths(
  host: Host,
  wanted: readonly string[],
  before: Baseline,
  signal: AbortSignal,
): Promise<void> {
  const there = wanted.filter((path) => Object.hasOwn(before.directories, path));
  const input = there.map((path) => `${path} ${before.directories[path] ?? ''}\n`).join('');
  const remove = wanted.filter((path) => !there.includes(path));
  await host.sh(`${emptyScript}rm -rf --one-file-system -- "$@"`, remove, {
    signal,
    input,
    timeoutMs: 120_000,
  });
}

/** Prints what is still mounted afterwards. A directory that is itself a mount point of the host's stays one. */
const unmountScript = `
below() { sed 's/^[^ ]* [^ ]* [^ ]* [^ ]* \\([^ ]*\\) .*/\\1/' /proc/self/mountinfo | grep "^$(readlink -f "$1")/" | sort -r; }
for directory in "$@"; do
  for mount in $(below "$directory"); do umount "$mount" 2>/dev/null || umount -l "$mount" 2>/dev/null || true; done
done
for directory in "$@"; do below "$directory" || true; done
`;

/** Reads `path mode owner` lines. */
const emptyScript = `
while read -r directory mode owner; do
  [ -d "$directory" ] || continue
  find "$directory/" -xdev -mindepth 1 -delete
  chmod "$mode" "$directory"
  chown "$owner" "$directory"
done
`;

/** Deepest first; what is not empty belongs to something that lives and is told by the residue. */
const cgroupScript = `
for root in /sys/fs/cgroup /sys/fs/cgroup/*; do
  for group in kubepods kubepods.slice kubelet kubelet.slice k8s.io; do
    if [ -d "$root/$group" ]; then find "$root/$group" -depth -type d -exec rmdir {} + 2>/dev/null || true; fi
  done
done
`;

const unitsScript = `
systemctl disable --quiet kubelet.service containerd.service 2>/dev/null || true
rm -f -- "$@"
systemctl daemon-reload
systemctl reset-failed kubelet.service containerd.service 2>/dev/null || true
`;
