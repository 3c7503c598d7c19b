import { ensure, type Artefact, type Recipe } from '../cache/store.ts';
import { type Print, Progress } from '../progress.ts';
import { knownKubernetes } from '../versions.ts';
import * as components from './components.ts';
import type { GoComponent } from './components.ts';
import { goRecipe } from './go.ts';
import { baseRecipe, rootfsNames, type RootfsName, rootfsRecipe } from './rootfs.ts';

export interface Binaries {
  /** By Kubernetes version. */
  readonly kubernetes: ReadonlyMap<string, Artefact>;
  /** By their own version. */
  readonly etcd: ReadonlyMap<string, Artefact>;
  readonly coredns: ReadonlyMap<string, Artefact>;
  readonly containerd: Artefact;
  readonly runc: Artefact;
  readonly cniPlugins: Artefact;
  readonly flannel: Artefact;
  readonly flannelCniPlugin: Artefact;
  readonly pause: Artefact;
  readonly noNames: Artefact;
  readonly kind: Artefact;
}

export type RootFileSystems = Readonly<Record<'base' | (typeof rootfsNames)[number], Artefact>>;

/** Everything that takes long: the Go builds one after another, Debian's packages beside them. */
export async function buildParts(
  kubernetes: readonly string[],
  print: Print,
): Promise<{ binaries: Binaries; rootfs: RootFileSystems }> {
  const known = kubernetes.map(knownKubernetes);
  const etcd = [...new Set(known.map((version) => version.etcd))];
  const coredns = [...new Set(known.map((version) => version.coredns))];
  const singles = 8;
  const total = kubernetes.length + etcd.length + coredns.length + singles + 1 + rootfsNames.length;
  const progress = new Progress(print, 'parts', total);
  const go = async (component: GoComponent): Promise<Artefact> => ensure(await goRecipe(component), progress);
  const goMap = async (
    list: readonly string[],
    of: (version: string) => GoComponent,
  ): Promise<Map<string, Artefact>> =>
    new Map(await Promise.all(list.map(async (version) => [version, await go(of(version))] as const)));

  // While short ones compile, what the long ones need is downloaded.
  const [
    pause,
    noNames,
    flannelCniPlugin,
    cniPlugins,
    runc,
    kind,
    containerd,
    kubernetesMap,
    flannel,
    etcdMap,
    corednsMap,
    rootfs,
  ] = await Promise.all([
    go(components.pause),
    go(components.noNames),
    go(components.flannelCniPlugin),
    go(components.cniPlugins),
    go(components.runc),
    go(components.kind),
    go(components.containerd),
    goMap(kubernetes, components.kubernetes),
    go(components.flannel),
    goMap(etcd, components.etcd),
    goMap(coredns, components.coredns),
    buildRootFileSystems((recipe) => ensure(recipe, progress)),
  ]);
  const one = { containerd, runc, cniPlugins, flannel, flannelCniPlugin, pause, noNames, kind };
  return { binaries: { ...one, kubernetes: kubernetesMap, etcd: etcdMap, coredns: corednsMap }, rootfs };
}

async function buildRootFileSystems(make: (recipe: Recipe) => Promise<Artefact>): Promise<RootFileSystems> {
  const base = await make(baseRecipe());
  const derive = (name: RootfsName): Promise<Artefact> => make(rootfsRecipe(name, base));
  const [host, services, net, nginx, busybox] = await Promise.all([
    derive('host'),
    derive('services'),
    derive('net'),
    derive('nginx'),
    derive('busybox'),
  ]);
  return { base, host, services, net, nginx, busybox };
}

/** The artefact that must be there because the same list made it. */
export function need(map: ReadonlyMap<string, Artefact>, version: string): Artefact {
  const found = map.get(version);
  if (found === undefined) throw new Error(`no artefact of version ${version}`);
  return found;
}
