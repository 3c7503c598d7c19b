import { cgroupDriver } from '../kube/component-config.ts';
import type { Family } from '../lib/ip.ts';
import type { HostFile } from './files.ts';
import type { Host } from './host.ts';
import { mountCommands, type HostMounts } from './mounts.ts';
import { paths } from './paths.ts';

export interface RuntimeOptions {
  readonly pauseImage: string;
  /** Upstream registry → mirror URL. */
  readonly registryMirrors: Readonly<Record<string, string>>;
  /** What the CNI needs. */
  readonly mounts?: Partial<HostMounts> | undefined;
}

/** Everything that configures containerd, kubelet's unit and the kernel on this host. */
export function runtimeFiles(host: Host, options: RuntimeOptions): readonly HostFile[] {
  return [
    { path: paths.containerdConfig, content: containerdConfig(host, options.pauseImage) },
    ...mirrorFiles(options.registryMirrors),
    { path: `${paths.units}/containerd.service`, content: containerdUnit(host, options.mounts) },
    { path: `${paths.units}/kubelet.service`, content: kubeletUnit },
    { path: paths.sysctl, content: sysctlConfig(host.families) },
    { path: paths.modules, content: 'overlay\nbr_netfilter\n' },
  ];
}

/** Where containerd looks for the mirrors of registries. */
export function mirrorFiles(registryMirrors: RuntimeOptions['registryMirrors']): readonly HostFile[] {
  return Object.entries(registryMirrors).map(([registry, url]) => ({
    path: `${paths.registries}/${registry}/hosts.toml`,
    content: mirrorConfig(url),
  }));
}

/** containerd 2.x, configuration version 3. */
function containerdConfig(host: Host, pauseImage: string): string {
  return `version = 3

[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = ${toml(pauseImage)}

[plugins.'io.containerd.cri.v1.images'.registry]
  config_path = ${toml(paths.registries)}

[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = ${String(!host.facts.canLowerOomScore)}

[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = [${toml(paths.cniBin)}]
  conf_dir = ${toml(paths.cniConf)}

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
  runtime_type = 'io.containerd.runc.v2'

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
  BinaryName = ${toml(paths.runc)}
  SystemdCgroup = ${String(cgroupDriver(host) === 'systemd')}
`;
}

/** A mirror stands in for the registry altogether: no fallback, so that what it lacks fails at once. */
function mirrorConfig(url: string): string {
  const override = new URL(url).pathname.startsWith('/v2') ? '  override_path = true\n' : '';
  return `server = ${toml(url)}
${override.trimStart()}
[host.${toml(url)}]
  capabilities = ["pull", "resolve"]
${override}`;
}

function toml(text: string): string {
  return JSON.stringify(text);
}

/** Before any pod there is containerd, so that it is where mounts are made again after a reboot. */
function containerdUnit(host: Host, needed: RuntimeOptions['mounts']): string {
  const commands = mountCommands(needed, host.state?.before.mounts ?? host.facts.mounts);
  return `[Unit]
Description=containerd
After=network.target dbus.service

[Service]
${commands.map((command) => `ExecStartPre=/bin/sh -c '${command}'\n`).join('')}ExecStart=${paths.bin}/containerd
Type=notify
Delegate=yes
KillMode=process
Restart=always
RestartSec=2
LimitNPROC=infinity
LimitCORE=infinity
LimitNOFILE=1048576
TasksMax=infinity
${host.facts.canLowerOomScore ? 'OOMScoreAdjust=-999\n' : ''}
[Install]
WantedBy=multi-user.target
`;
}

/** The files named are those that kubeadm writes. */
const kubeletUnit = `[Unit]
Description=kubelet
Wants=network-online.target
After=network-online.target containerd.service
StartLimitIntervalSec=0

[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart=${paths.bin}/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS
Restart=always
RestartSec=2

[Install]
WantedBy=multi-user.target
`;

const forwarding = {
  4: 'net.ipv4.ip_forward = 1\n',
  6: 'net.ipv6.conf.all.forwarding = 1\nnet.ipv6.conf.default.forwarding = 1\n',
} as const;

/** Forwarding is what kubeadm looks for, in the families of the pods. */
function sysctlConfig(families: readonly Family[]): string {
  return `${families.map((family) => forwarding[family]).join('')}net.bridge.bridge-nf-call-iptables = 1
net.bridge.bridge-nf-call-ip6tables = 1
`;
}
