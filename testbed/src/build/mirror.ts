import { join } from 'node:path';
import { sha256OfFile } from '../cache/digest.ts';
import { type Artefact, ensure } from '../cache/store.ts';
import { testbedDir } from '../paths.ts';
import { type Print, Progress } from '../progress.ts';
import { kubernetesVersions, minorOf, versions } from '../versions.ts';
import { archiveRecipe } from './archives.ts';
import type { Binaries } from './binaries.ts';

/** One file below the mirror's root: linked from the cache, or written from text. */
export type MirrorFile = { readonly path: string } & (
  { readonly source: string; readonly sha256: string } | { readonly text: string }
);

export const flannelManifest = join(
  testbedDir,
  'manifests',
  'flannel',
  `v${versions.flannel}`,
  'kube-flannel.yml',
);

const nodeBinaries = ['kubeadm', 'kubelet', 'kubectl'];

/** Upstream's layout, with upstream's host as the first segment of the path. */
export async function mirrorFiles(binaries: Binaries, print: Print): Promise<MirrorFile[]> {
  const progress = new Progress(print, 'archives', 2);
  const containerdFile = `containerd-${versions.containerd}-linux-amd64.tar.gz`;
  const cniFile = `cni-plugins-linux-amd64-v${versions.cniPlugins}.tgz`;
  const [containerd, cni] = await Promise.all([
    ensure(archiveRecipe(containerdFile, binaries.containerd, 'bin'), progress),
    ensure(archiveRecipe(cniFile, binaries.cniPlugins, '.'), progress),
  ]);
  const containerdDir = `github.com/containerd/containerd/releases/download/v${versions.containerd}`;
  const cniDir = `github.com/containernetworking/plugins/releases/download/v${versions.cniPlugins}`;
  const runcDir = `github.com/opencontainers/runc/releases/download/v${versions.runc}`;
  const runc = from(binaries.runc, 'runc', `${runcDir}/runc.amd64`);
  const kind = from(
    binaries.kind,
    'kind',
    `github.com/kubernetes-sigs/kind/releases/download/v${versions.kind}/kind-linux-amd64`,
  );
  const flannel = {
    path: `github.com/flannel-io/flannel/releases/download/v${versions.flannel}/kube-flannel.yml`,
    source: flannelManifest,
    sha256: await sha256OfFile(flannelManifest),
  };
  return [
    ...[...binaries.kubernetes].flatMap(([version, artefact]) => kubernetesFiles(version, artefact)),
    ...stableFiles([...binaries.kubernetes.keys()]),
    ...withSum(from(containerd, containerdFile, `${containerdDir}/${containerdFile}`), '.sha256sum'),
    ...withSum(from(cni, cniFile, `${cniDir}/${cniFile}`), '.sha256'),
    runc,
    { path: `${runcDir}/runc.sha256sum`, text: `${runc.sha256}  runc.amd64\n` },
    ...withSum(kind, '.sha256sum'),
    flannel,
  ];
}

interface LinkedFile {
  readonly path: string;
  readonly source: string;
  readonly sha256: string;
}

/** One of the artefact's files, under upstream's path. */
export function from(artefact: Artefact, file: string, path: string): LinkedFile {
  const record = artefact.files[file];
  if (record === undefined) throw new Error(`${artefact.name} holds no ${file}`);
  return { path, source: join(artefact.dir, file), sha256: record.sha256 };
}

function withSum(file: LinkedFile, ending: string): MirrorFile[] {
  const name = file.path.replace(/.*\//, '');
  return [file, { path: `${file.path}${ending}`, text: `${file.sha256}  ${name}\n` }];
}

function kubernetesFiles(version: string, artefact: Artefact): MirrorFile[] {
  return nodeBinaries.flatMap((name) => {
    const file = from(artefact, name, `dl.k8s.io/release/v${version}/bin/linux/amd64/${name}`);
    // Upstream's files hold the bare digest, without a line end.
    return [file, { path: `${file.path}.sha256`, text: file.sha256 }];
  });
}

function stableFiles(kubernetes: readonly string[]): MirrorFile[] {
  const newestFirst = Object.keys(kubernetesVersions).filter((version) => kubernetes.includes(version));
  const stable = newestFirst[0];
  const minors = newestFirst.map((version) => ({
    path: `dl.k8s.io/release/stable-${minorOf(version)}.txt`,
    text: `v${version}`,
  }));
  return stable === undefined
    ? minors
    : [{ path: 'dl.k8s.io/release/stable.txt', text: `v${stable}` }, ...minors];
}
