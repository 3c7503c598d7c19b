import { type Artefact, ensure } from '../../cache/store.ts';
import { type Print, Progress } from '../../progress.ts';
import { versions } from '../../versions.ts';
import { archiveRecipe } from '../archives.ts';
import type { Binaries, RootFileSystems } from '../binaries.ts';
import * as components from '../components.ts';
import type { Binary } from '../context.ts';
import { goRecipe } from '../go.ts';
import { from, type MirrorFile } from '../mirror.ts';
import type { ImageSpec } from '../registry-image.ts';
import { rootfsRecipe } from '../rootfs.ts';
import { chartRecipe, imageFilesRecipe } from './files.ts';

const agentPrograms = [
  ...['cilium-agent', 'cilium-cni', 'cilium-dbg', 'cilium-health', 'cilium-health-responder'],
  ...['cilium-mount', 'cilium-sysctlfix'],
];

/** What a bed with Cilium has more than one without. */
export interface CiliumParts {
  readonly images: readonly ImageSpec[];
  /** The chart, and helm to render it. */
  readonly files: readonly MirrorFile[];
}

/** Cilium's programs, what agents compile their BPF programs with, its chart, and helm. */
export async function buildCilium(
  { cniPlugins }: Binaries,
  rootfs: RootFileSystems,
  print: Print,
): Promise<CiliumParts> {
  const progress = new Progress(print, 'cilium', 7);
  const go = async (component: components.GoComponent): Promise<Artefact> =>
    ensure(await goRecipe(component), progress);
  const chartFile = `cilium-${versions.cilium}.tgz`;
  const helmFile = `helm-v${versions.helm}-linux-amd64.tar.gz`;
  const [programs, files, clang, chart, helm] = await Promise.all([
    go(components.cilium),
    ensure(imageFilesRecipe(), progress),
    ensure(rootfsRecipe('clang', rootfs.base), progress),
    ensure(chartRecipe(), progress).then((made) =>
      ensure(archiveRecipe(chartFile, made, 'cilium'), progress),
    ),
    go(components.helm).then((made) => ensure(archiveRecipe(helmFile, made, 'linux-amd64'), progress)),
  ]);
  const agent: Binary[] = [
    { artefact: clang, name: 'rootfs.tar' },
    { artefact: cniPlugins, name: 'loopback' },
    ...Object.keys(files.files).map((name) => ({ artefact: files, name })),
    ...agentPrograms.map((name) => ({ artefact: programs, name })),
  ];
  return {
    images: [
      {
        reference: `quay.io/cilium/cilium:v${versions.cilium}`,
        recipe: 'cilium',
        base: { name: 'net', rootfs: rootfs.net },
        binaries: agent,
      },
      {
        reference: `quay.io/cilium/operator-generic:v${versions.cilium}`,
        recipe: 'static',
        binaries: [{ artefact: programs, name: 'cilium-operator-generic' }],
      },
    ],
    files: [
      from(chart, chartFile, `helm.cilium.io/${chartFile}`),
      from(helm, helmFile, `get.helm.sh/${helmFile}`),
    ],
  };
}
