import type { Host } from './host.ts';

/** Mounts that pods rely on. On machines systemd makes both at boot; in containers it does not. */
export interface HostMounts {
  /** The host's mounts are shared, so that what is mounted in a pod can reach the host. */
  readonly sharedMounts: boolean;
  /** A BPF file system is at /sys/fs/bpf. */
  readonly bpffs: boolean;
}

/** Shell commands that provide what is needed and was not there. To be run whenever the host has booted. */
export function mountCommands(needed: Partial<HostMounts> = {}, had: HostMounts): readonly string[] {
  return [
    ...(needed.sharedMounts === true && !had.sharedMounts ? ['mount --make-rshared /'] : []),
    ...(needed.bpffs === true && !had.bpffs
      ? ['grep -q " /sys/fs/bpf bpf " /proc/mounts || mount -t bpf bpf /sys/fs/bpf']
      : []),
  ];
}

/** Takes away again what the host did not have, whoever mounted it. */
export async function restoreMounts(host: Host, had: HostMounts, signal: AbortSignal): Promise<void> {
  const commands = [
    ...(had.bpffs
      ? []
      : [
          'while grep -q " /sys/fs/bpf bpf " /proc/mounts; do umount /sys/fs/bpf 2>/dev/null || umount -l /sys/fs/bpf || break; done',
        ]),
    ...(had.sharedMounts ? [] : ['mount --make-rprivate /']),
  ];
  if (commands.length > 0) await host.sh(commands.join('\n'), [], { signal });
}
