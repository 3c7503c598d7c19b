import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Artefact } from '../cache/store.ts';
import { run } from '../command.ts';
import { knownKubernetes, versions } from '../versions.ts';
import { flannelManifest } from './mirror.ts';
import { type Binaries, need, type RootFileSystems } from './binaries.ts';
import type { ImageSpec } from './registry-image.ts';
import { factOf } from './rootfs.ts';

const kubeBinaries = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

export interface Catalog {
  readonly images: readonly ImageSpec[];
  /** References of the images that the verification runs. */
  readonly nginx: string;
  readonly client: string;
}

/** All images of the bed's registry; the tags are asked from the programs that will ask for the images. */
export async function catalogOf(binaries: Binaries, rootfs: RootFileSystems): Promise<Catalog> {
  const images = new Map<string, ImageSpec>();
  for (const [version, kubernetes] of binaries.kubernetes) {
    const { etcd, coredns } = knownKubernetes(version);
    for (const reference of await kubeadmImages(kubernetes, version)) {
      const parts = { kubernetes, etcd: need(binaries.etcd, etcd), coredns: need(binaries.coredns, coredns) };
      images.set(reference, kubernetesImage(reference, { ...parts, pause: binaries.pause }, rootfs));
    }
  }
  const sandbox = await containerdSandbox(binaries.containerd);
  images.set(sandbox, pauseImage(sandbox, binaries.pause));
  for (const reference of flannelImages()) {
    images.set(reference, flannelImage(reference, binaries, rootfs));
  }
  const nginx = `docker.io/library/nginx:${factOf(rootfs.nginx)}`;
  const client = `docker.io/library/busybox:${factOf(rootfs.busybox)}`;
  images.set(nginx, { reference: nginx, recipe: 'nginx', base: { name: 'nginx', rootfs: rootfs.nginx } });
  images.set(client, {
    reference: client,
    recipe: 'busybox',
    base: { name: 'busybox', rootfs: rootfs.busybox },
  });
  return { images: [...images.values()], nginx, client };
}

interface KubernetesParts {
  readonly kubernetes: Artefact;
  readonly etcd: Artefact;
  readonly coredns: Artefact;
  readonly pause: Artefact;
}

function kubernetesImage(reference: string, parts: KubernetesParts, { net }: RootFileSystems): ImageSpec {
  const name = reference.replace(/:.*/, '').replace(/.*\//, '');
  const { kubernetes, etcd, coredns, pause } = parts;
  if (kubeBinaries.includes(name))
    return { reference, recipe: 'static', binaries: [{ artefact: kubernetes, name }] };
  switch (name) {
    case 'kube-proxy':
      return {
        reference,
        recipe: name,
        base: { name: 'net', rootfs: net },
        binaries: [{ artefact: kubernetes, name }],
      };
    case 'etcd':
      return {
        reference,
        recipe: 'static',
        binaries: ['etcd', 'etcdctl'].map((file) => ({ artefact: etcd, name: file })),
      };
    case 'coredns':
      return { reference, recipe: name, binaries: [{ artefact: coredns, name }] };
    case 'pause':
      return pauseImage(reference, pause);
    default:
      throw new Error(`kubeadm asks for ${reference}, and the test bed has no recipe for it`);
  }
}

export const pauseImage = (reference: string, artefact: Artefact): ImageSpec => ({
  reference,
  recipe: 'pause',
  binaries: [{ artefact, name: 'pause' }],
});

function flannelImage(reference: string, binaries: Binaries, rootfs: RootFileSystems): ImageSpec {
  if (reference.includes('/flannel-cni-plugin:')) {
    return {
      reference,
      recipe: 'flannel-cni-plugin',
      base: { name: 'busybox', rootfs: rootfs.busybox },
      binaries: [{ artefact: binaries.flannelCniPlugin, name: 'flannel' }],
    };
  }
  const files = ['flanneld', 'install-conf'].map((name) => ({ artefact: binaries.flannel, name }));
  return { reference, recipe: 'flannel', base: { name: 'net', rootfs: rootfs.net }, binaries: files };
}

export async function kubeadmImages(kubernetes: Artefact, version: string): Promise<string[]> {
  const args = ['config', 'images', 'list', '--kubernetes-version', `v${version}`];
  return (await run(join(kubernetes.dir, 'kubeadm'), args)).trim().split('\n');
}

/** What containerd runs for every pod unless told otherwise. */
async function containerdSandbox(containerd: Artefact): Promise<string> {
  const config = await run(join(containerd.dir, 'containerd'), ['config', 'default']);
  const sandbox = /^\s*sandbox(?:_image)? = ['"](.+:.+)['"]$/m.exec(config)?.[1];
  if (sandbox === undefined) throw new Error(`containerd ${versions.containerd} names no sandbox image`);
  return sandbox;
}

function flannelImages(): string[] {
  const text = readFileSync(flannelManifest, 'utf8');
  return [...new Set([...text.matchAll(/^\s*(?:- )?image: (\S+)$/gm)].map((match) => match[1] ?? ''))];
}
