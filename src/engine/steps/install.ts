import { syncFiles } from '../../host/files.ts';
import type { Host } from '../../host/host.ts';
import { paths } from '../../host/paths.ts';
import { runtimeFiles } from '../../host/runtime-config.ts';
import { writeState, type HostState } from '../../host/state.ts';
import { resolvConf, needsResolvConf } from '../../kube/component-config.ts';
import { BootstrapError } from '../../lib/errors.ts';
import { sanitizeLine } from '../../lib/sanitize.ts';
import type { Cluster } from '../cluster.ts';
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
    if (host.state === undefined) await writeState(host, initialState(cluster, host), signal);
    for (const artifact of missing) {
      log(`installing ${artifact.name} ${artifact.version}`);
      await host.sh(installScripts[artifact.name] ?? '', [stagedPath(artifact), artifact.sha256], { signal });
    }
    const pauseImage = await pauseImageOf(cluster, host, signal);
    const files = runtimeFiles(host, { pauseImage, registryMirrors: cluster.spec.registryMirrors });
    const resolver = needsResolvConf(cluster.hosts) ? resolvConf(host) : undefined;
    const text = resolver !== undefined && 'text' in resolver ? resolver.text : undefined;
    const changed = await syncFiles(
      host,
      [...files, ...(text === undefined ? [] : [{ path: paths.resolvConf, content: text }])],
      { signal },
    );
    const link = resolver !== undefined && 'link' in resolver ? resolver.link : '';
    const restart =
      missing.some(({ name }) => name === 'containerd' || name === 'runc') || changed.some(isRuntimeFile);
    if (changed.length === 0 && missing.length === 0) {
      const active = await host.root(['systemctl', 'is-active', '--quiet', 'containerd'], {
        signal,
        accept: 'any',
      });
      if (active.exitCode === 0) return { changed: false, note: 'in place already' };
    }
    const { stdout } = await host.sh(activateScript, [restart ? 'restart' : 'start', link], { signal });
    if (!stdout.includes('bridge-netfilter')) {
      throw new BootstrapError(
        'E_PREPARE',
        'the kernel has no bridge netfilter (br_netfilter), which Kubernetes needs',
        {
          hint: 'install a kernel with the br_netfilter module (linux-modules-extra on some clouds)',
        },
      );
    }
    return { changed: true };
  },
  describe: (cluster, host) => [
    ...missingArtifacts(cluster, host).map(({ name, version }) => `install ${name} ${version}`),
    'configure containerd, kubelet, sysctls and kernel modules',
  ],
};

function initialState(cluster: Cluster, host: Host): HostState {
  const { facts } = host;
  return {
    schemaVersion: 1,
    cluster: cluster.spec.name,
    role: host.spec.role,
    phase: 'prepared',
    kubernetesVersion: cluster.kubernetesVersion,
    cni: cluster.cni.name,
    before: {
      directories: Object.keys(facts.directories),
      sysctls: facts.sysctls,
      nftTables: facts.nftTables,
      nftChains: facts.nftChains,
    },
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
  containerd: `tar -xzf "$1" --no-same-owner -C ${paths.bin} --strip-components=1 && rm -f "$1"${remember('containerd')}`,
  'cni-plugins': `mkdir -p ${paths.cniBin} && tar -xzf "$1" --no-same-owner -C ${paths.cniBin} && rm -f "$1"${remember('cni-plugins')}`,
  runc: `${program(paths.runc)}${remember('runc')}`,
  kubeadm: `${program(`${paths.bin}/kubeadm`)}${remember('kubeadm')}`,
  kubelet: `${program(`${paths.bin}/kubelet`)}${remember('kubelet')}`,
  kubectl: `${program(`${paths.bin}/kubectl`)}${remember('kubectl')}`,
};

function isRuntimeFile(path: string): boolean {
  return path === paths.containerdConfig || path.endsWith('/containerd.service');
}

const activateScript = `
for module in overlay br_netfilter; do modprobe "$module" 2>/dev/null || true; done
if [ -n "$2" ]; then mkdir -p "$(dirname ${paths.resolvConf})"; ln -sfn "$2" ${paths.resolvConf}; fi
if [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]; then echo bridge-netfilter; fi
sysctl -q -p ${paths.sysctl} || true
systemctl daemon-reload
systemctl enable --quiet containerd.service kubelet.service
systemctl "$1" containerd.service
`;

/** kubeadm knows which sandbox image belongs to its version; asked once for the whole cluster. */
async function pauseImageOf(cluster: Cluster, host: Host, signal: AbortSignal): Promise<string> {
  const images = await kubeadmImages(cluster, host, signal);
  const pause = images.find((image) => image.includes('/pause:'));
  if (pause === undefined) throw new BootstrapError('E_PREPARE', 'kubeadm names no pause image');
  return pause;
}

/** The images that kubeadm's cluster is made of. */
export async function kubeadmImages(
  cluster: Cluster,
  host: Host,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const argv = [
    `${paths.bin}/kubeadm`,
    'config',
    'images',
    'list',
    `--kubernetes-version=v${cluster.kubernetesVersion}`,
  ];
  cluster.kubeadmImages ??= host
    .root(argv, { signal })
    .then(({ stdout }) => stdout.split('\n').map(sanitizeLine).filter(Boolean));
  return cluster.kubeadmImages;
}
