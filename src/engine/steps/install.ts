import { staleFiles, writeFiles } from '../../host/files.ts';
import type { Host } from '../../host/host.ts';
import { paths } from '../../host/paths.ts';
import { runtimeFiles } from '../../host/runtime-config.ts';
import { baselineOf, writeState, type HostState } from '../../host/state.ts';
import { resolvConf, needsResolvConf } from '../../kube/component-config.ts';
import { BootstrapError } from '../../lib/errors.ts';
import { kubeadmImages } from '../kubeadm-images.ts';
import type { Cluster } from '../cluster.ts';
import { ownKubelet } from '../kubelets.ts';
import type { HostStep } from '../step.ts';
import { missingArtifacts, stagedPath } from './fetch.ts';

/** Puts the container runtime and Kubernetes' programs in place, configures kernel and runtime, starts containerd. */
export const install: HostStep = {
  id: 'install',
  title: 'Install runtime and Kubernetes',
  scope: 'hosts',
  needs: ['begin'],
  run: async (cluster, host, { signal, log }) => {
    const missing = missingArtifacts(cluster, host);
    const known = host.state?.phase === 'prepared' || host.state === undefined;
    if (known) {
      const state = stateOf(cluster, host);
      if (JSON.stringify(state) !== JSON.stringify(host.state)) {
        cluster.beginChange();
        await writeState(host, state, signal);
      }
    }
    if (missing.length > 0) cluster.beginChange();
    for (const artifact of missing) {
      log(`installing ${artifact.name} ${artifact.version}`);
      await host.sh(installScripts[artifact.name] ?? '', [stagedPath(artifact), artifact.sha256], { signal });
    }
    const pauseImage = (await kubeadmImages(cluster, host, signal)).find((image) =>
      image.includes('/pause:'),
    );
    if (pauseImage === undefined) throw new BootstrapError('E_PREPARE', 'kubeadm names no pause image');
    const files = [
      ...runtimeFiles(host, {
        pauseImage,
        registryMirrors: cluster.spec.registryMirrors,
        mounts: cluster.cni.host,
      }),
      ...(needsResolvConf(cluster.hosts) ? [{ path: paths.resolvConf, content: resolvConf(host) }] : []),
    ];
    const stale = await staleFiles(host, files, { signal });
    // The kubelet reads its resolver file anew for every pod; nobody has to be restarted for it.
    const settled = missing.length === 0 && stale.every(({ path }) => path === paths.resolvConf);
    const active = settled && (await runtimeIsCurrent(host, signal));
    if (active && stale.length === 0) return { changed: false, note: 'in place already' };
    cluster.beginChange();
    await writeFiles(host, stale, { signal });
    if (active) return { changed: true };
    const { stdout } = await host.sh(activateScript, [], { signal });
    if (!stdout.includes('bridge-netfilter')) {
      throw new BootstrapError(
        'E_PREPARE',
        'the kernel has no bridge netfilter (br_netfilter), which Kubernetes needs',
        { hint: 'install a kernel with the br_netfilter module (linux-modules-extra on some clouds)' },
      );
    }
    return { changed: true };
  },
  describe: (cluster, host) => [
    ...missingArtifacts(cluster, host).map(({ name, version }) => `install ${name} ${version}`),
    'configure containerd, kubelet, sysctls and kernel modules',
  ],
};

/** What was there before the first change stays as it was first seen; the rest is this run's. */
function stateOf(cluster: Cluster, host: Host): HostState {
  const { facts } = host;
  const kubeletVersion = ownKubelet(host, cluster.kubernetesVersion);
  return {
    schemaVersion: 1,
    cluster: cluster.spec.name,
    role: host.spec.role,
    phase: 'prepared',
    kubernetesVersion: cluster.kubernetesVersion,
    ...(kubeletVersion === undefined ? {} : { kubeletVersion }),
    cni: cluster.cni.name,
    podCIDR: cluster.spec.cni.podCIDR,
    // A state without mounts is of a time when nobody changed them.
    before: { mounts: facts.mounts, ...(host.state?.before ?? baselineOf(facts)) },
  };
}

/** Moves a verified program to its place and remembers its checksum. */
const program = (to: string): string => `
install -D -m 0755 "$1" "${to}.new"
mv -f "${to}.new" "${to}"
rm -f "$1"
`;
const remember = (name: string): string => `
mkdir -p ${paths.installed}
printf '%s\\n' "$2" > ${paths.installed}/${name}
`;

const installScripts: Readonly<Record<string, string>> = {
  containerd: `
tar -xzf "$1" --no-same-owner -C ${paths.bin} --strip-components=1
rm -f "$1"
${remember('containerd')}`,
  'cni-plugins': `
mkdir -p ${paths.cniBin}
tar -xzf "$1" --no-same-owner -C ${paths.cniBin}
rm -f "$1"
${remember('cni-plugins')}`,
  runc: `${program(paths.runc)}${remember('runc')}`,
  kubeadm: `${program(`${paths.bin}/kubeadm`)}${remember('kubeadm')}`,
  kubelet: `${program(`${paths.bin}/kubelet`)}${remember('kubelet')}`,
  kubectl: `${program(`${paths.bin}/kubectl`)}${remember('kubectl')}`,
};

/** containerd runs, and was started after its configuration was written. Times are whole seconds. */
const currentScript = `
systemctl is-active --quiet containerd.service || exit 1
[ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || exit 1
since_boot=$(systemctl show -p ExecMainStartTimestampMonotonic --value containerd.service)
started=$(($(date +%s) - $(cut -d . -f 1 /proc/uptime) + since_boot / 1000000))
for file in ${paths.containerdConfig} ${paths.units}/containerd.service; do
  [ "$(stat -c %Y "$file")" -le $((started + 1)) ] || exit 1
done
`;

async function runtimeIsCurrent(host: Host, signal: AbortSignal): Promise<boolean> {
  const { exitCode } = await host.sh(currentScript, [], { signal, accept: 'any' });
  return exitCode === 0;
}

const activateScript = `
for module in overlay br_netfilter; do modprobe "$module" 2>/dev/null || true; done
if [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]; then echo bridge-netfilter; fi
sysctl -q -p ${paths.sysctl} || true
systemctl daemon-reload
systemctl enable --quiet containerd.service kubelet.service
systemctl restart containerd.service
`;
