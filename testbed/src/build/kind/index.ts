import { join } from 'node:path';
import { type Artefact, ensure } from '../../cache/store.ts';
import { type Print, Progress } from '../../progress.ts';
import { versions } from '../../versions.ts';
import { bedImage } from '../base-images.ts';
import { type Binaries, need, type RootFileSystems } from '../binaries.ts';
import { kubeadmImages, pauseImage } from '../catalog.ts';
import type { Binary } from '../context.ts';
import { imageRecipe, type ImageSpec, type ImageTools } from '../registry-image.ts';
import { constantsOf, type KindConstants } from './module.ts';
import { giveName } from './names.ts';
import { nodeFiles, nodeFilesRecipe, sandboxImage } from './node-files.ts';
import { nodeImagesRecipe } from './node-images.ts';
import type { BuiltImage } from './oci-layout.ts';
import { buildKindParts, type KindParts, kindPartsCount } from './parts.ts';

/** What a user of kind needs; the images are in the engine. */
export interface KindState {
  readonly version: string;
  /** Path of the program. */
  readonly binary: string;
  /** By Kubernetes version, e.g. kindest/node:v1.36.3. */
  readonly nodeImages: Readonly<Record<string, string>>;
  readonly loadBalancerImage: string;
}

interface KindInput {
  readonly binaries: Binaries;
  readonly rootfs: RootFileSystems;
  /** All images of the bed's registry. */
  readonly images: readonly BuiltImage[];
  readonly tools: ImageTools;
}

/** kind's images, made as kind makes them, for clusters that need no network. */
export async function buildKind(input: KindInput, print: Print): Promise<KindState> {
  const { binaries, rootfs, images, tools } = input;
  const { docker } = tools;
  const kubernetes = [...binaries.kubernetes.keys()];
  const ownImagesCount = 3;
  const total = kindPartsCount + ownImagesCount + 1 + 2 * kubernetes.length + 1;
  const progress = new Progress(print, 'kind', total);
  const parts = await buildKindParts(rootfs, progress);
  const constants = constantsOf(parts.module);
  const files = await nodeFiles(parts.module, constants, binaries.containerd);
  const specs = ownImages(input, parts, constants, sandboxImage(files));
  const [filesTar, ...own] = await Promise.all([
    ensure(nodeFilesRecipe(files), progress),
    ...specs.map(async (spec) => ({
      reference: spec.reference,
      artefact: await ensure(imageRecipe(spec, tools), progress),
    })),
  ]);
  const nodeImages: Record<string, string> = {};
  for (const version of kubernetes) {
    const wanted = await imagesOf(version, binaries, images);
    const store = await ensure(nodeImagesRecipe(version, [...wanted, ...own], binaries.containerd), progress);
    const content = nodeContent(version, binaries, parts, filesTar, store);
    const name = `kindest/node:v${version}`;
    await progress.step(name, 15, async () => {
      await giveName(docker, await bedImage(docker, 'kind-node', parts.base, content), name);
    });
    nodeImages[version] = name;
  }
  const { loadBalancerImage } = constants;
  await progress.step(loadBalancerImage, 2, async () => {
    const content = [{ artefact: parts.envoy, name: 'envoy' }];
    await giveName(docker, await bedImage(docker, 'envoy', parts.base, content), loadBalancerImage);
  });
  return { version: versions.kind, binary: join(binaries.kind.dir, 'kind'), nodeImages, loadBalancerImage };
}

/** Images that kind's nodes hold beside those that kubeadm asks for. */
function ownImages(
  { binaries, rootfs }: KindInput,
  { localPathProvisioner }: KindParts,
  { provisionerImage, helperImage }: KindConstants,
  sandbox: string,
): ImageSpec[] {
  const provisioner = { artefact: localPathProvisioner, name: 'local-path-provisioner' };
  const busybox = { name: 'busybox', rootfs: rootfs.busybox } as const;
  return [
    pauseImage(sandbox, binaries.pause),
    { reference: provisionerImage, recipe: 'static', binaries: [provisioner] },
    { reference: helperImage, recipe: 'busybox', base: busybox },
  ];
}

/** All images that kubeadm asks for but its pause: kind sets the sandbox image in containerd's configuration. */
async function imagesOf(
  version: string,
  binaries: Binaries,
  images: readonly BuiltImage[],
): Promise<BuiltImage[]> {
  const references = await kubeadmImages(need(binaries.kubernetes, version), version);
  return images.filter(({ reference }) => references.includes(reference) && !reference.includes('/pause:'));
}

/** What the Dockerfile of a node copies. */
function nodeContent(
  version: string,
  { kubernetes, containerd, runc, cniPlugins }: Binaries,
  { criTools }: KindParts,
  files: Artefact,
  store: Artefact,
): Binary[] {
  const from = (artefact: Artefact, ...names: string[]): Binary[] =>
    names.map((name) => ({ artefact, name }));
  return [
    ...from(files, 'kind-files.tar'),
    ...from(cniPlugins, 'host-local', 'loopback', 'portmap', 'ptp'),
    ...from(containerd, 'containerd', 'containerd-shim-runc-v2', 'ctr'),
    ...from(criTools, 'crictl'),
    ...from(runc, 'runc'),
    ...from(need(kubernetes, version), 'kubeadm', 'kubectl', 'kubelet'),
    ...from(store, 'images.tar'),
  ];
}
