import { type Artefact, ensure } from '../../cache/store.ts';
import type { Progress } from '../../progress.ts';
import type { Base } from '../base-images.ts';
import type { RootFileSystems } from '../binaries.ts';
import * as components from '../components.ts';
import { goRecipe } from '../go.ts';
import { rootfsRecipe } from '../rootfs.ts';
import { kindModuleRecipe } from './module.ts';

/** What is built for kind alone. */
export interface KindParts {
  readonly module: Artefact;
  readonly criTools: Artefact;
  readonly localPathProvisioner: Artefact;
  readonly envoy: Artefact;
  /** Of the nodes, and of the load balancer, which needs a shell. */
  readonly base: Base;
}

export const kindPartsCount = 5;

export async function buildKindParts(rootfs: RootFileSystems, progress: Progress): Promise<KindParts> {
  const go = async (component: components.GoComponent): Promise<Artefact> =>
    ensure(await goRecipe(component), progress);
  const [module, criTools, localPathProvisioner, envoy, node] = await Promise.all([
    ensure(kindModuleRecipe(), progress),
    go(components.criTools),
    go(components.localPathProvisioner),
    go(components.envoy),
    ensure(rootfsRecipe('kind-node', rootfs.base), progress),
  ]);
  return { module, criTools, localPathProvisioner, envoy, base: { name: 'kind-node', rootfs: node } };
}
