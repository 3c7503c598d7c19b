/** Kernel features that some CNI needs: the module's name → its option in the kernel's configuration. */
const features = {
  dummy: 'DUMMY',
  fou: 'NET_FOU',
  fou6: 'IPV6_FOU',
  geneve: 'GENEVE',
  ip6_tunnel: 'IPV6_TUNNEL',
  ip_set: 'IP_SET',
  ip_set_hash_ip: 'IP_SET_HASH_IP',
  ip_set_hash_net: 'IP_SET_HASH_NET',
  ip_vs: 'IP_VS',
  ip_vs_rr: 'IP_VS_RR',
  ipip: 'NET_IPIP',
  openvswitch: 'OPENVSWITCH',
  vxlan: 'VXLAN',
  wireguard: 'WIREGUARD',
  xt_ipvs: 'NETFILTER_XT_MATCH_IPVS',
  xt_set: 'NETFILTER_XT_SET',
} as const;

export type KernelFeature = keyof typeof features;

export const kernelFeatures = Object.keys(features) as readonly KernelFeature[];

const modules = kernelFeatures.join('|');

/**
 * Tells what of them there is: `loaded NAME`, `module NAME` (on disk, or told to be built in), `config OPTION y|m`; and
 * `modules` or `config` alone where the list of modules, or the configuration, is there to be read. Forks little.
 */
export const featuresScript = `for f in ${kernelFeatures.join(' ')}; do [ -d /sys/module/$f ] && echo "loaded $f"; done
  k=$(uname -r); d=/lib/modules/$k; [ -r $d/modules.dep ] && echo modules
  cat $d/modules.dep $d/modules.builtin | sed -nE 's#^([^:]*/)?(${modules})\\.ko(\\..*|:.*)?$#module \\2#p'
  { zcat /proc/config.gz || cat /boot/config-$k; } | sed -nE '1s/.*/config/p; s/^CONFIG_(${Object.values(features).join('|')})=([ym])$/config \\1 \\2/p'`;

/**
 * @param lines what the script printed.
 * @returns whether the kernel has or can load a feature; without an entry where nobody can tell.
 */
export function featuresOf(lines: readonly string[]): Readonly<Partial<Record<KernelFeature, boolean>>> {
  const has = (line: string): boolean => lines.includes(line);
  const entries = Object.entries(features).flatMap(([name, option]) => {
    if (has(`loaded ${name}`) || has(`module ${name}`) || has(`config ${option} y`)) return [[name, true]];
    // Without a list of modules, such as in a container, the machine below may still load what its kernel has as one.
    const known = has('modules') || (has('config') && !has(`config ${option} m`));
    return known ? [[name, false]] : [];
  });
  return Object.fromEntries(entries) as Partial<Record<KernelFeature, boolean>>;
}

/** @param lines of `/proc/filesystems`. */
export function filesystemsOf(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => /\S+(?=\s*$)/.exec(line)?.[0] ?? []);
}
