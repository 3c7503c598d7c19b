import { checkAccess } from './checks/access.ts';
import { checkCni, type CniCatalog } from './checks/cni.ts';
import { checkFiles } from './checks/files.ts';
import { checkHosts } from './checks/hosts.ts';
import { checkKubelets } from './checks/kubelets.ts';
import { checkNetworks } from './checks/networks.ts';
import type { ClusterSpec } from './cluster-spec.ts';
import { complete } from './complete.ts';
import { freeze } from './freeze.ts';
import { readInput } from './input.ts';
import { isWithin, type Path, type Problem } from './problem.ts';
import { valueAt } from '../lib/record.ts';
import { specError } from './spec-error.ts';
import { validateShape } from './shape.ts';
import type { SpecSource } from './source.ts';

export type { SpecFields, SpecSource } from './source.ts';

export interface LoadOptions {
  /** What `cni` is checked against. Default: nothing. */
  readonly cnis?: CniCatalog;
}

/**
 * The validated spec with every default filled in, deeply frozen. Reads no file but to see whether those that are
 * named are there, and contacts nobody.
 *
 * @throws BootstrapError `E_SPEC` that lists all problems, each as `where: what; fix`.
 */
export function loadSpec(source: SpecSource, options: LoadOptions = {}): ClusterSpec {
  const input = readInput(source);
  const { problems, parsed } = validateShape(input.value);
  const own = [...input.problems, ...problems];
  if (parsed === undefined || input.problems.some(({ path }) => path[0] !== 'hosts'))
    throw specError(own, input);
  const spec = complete(parsed, input, source);
  const minNodesGiven = valueAt(input.value, ['verify', 'minNodes']) !== undefined;
  const sound = (...paths: Path[]): boolean =>
    !own.some((problem) => paths.some((path) => isWithin(problem.path, path)));
  const found = [
    ...(sound(['provider']) ? checkHosts(spec, minNodesGiven) : []),
    ...(sound(['provider']) ? checkKubelets(spec) : []),
    ...(sound(['provider'], ['ssh']) ? checkAccess(spec) : []),
    ...(sound(['cni', 'podCIDR'], ['kubernetes', 'serviceCIDR']) ? checkNetworks(spec) : []),
    ...checkCni(spec, options.cnis),
    ...checkFiles(spec),
  ];
  const all = [...own, ...found.filter((problem) => !follows(problem, own))];
  if (all.length > 0) throw specError(all, input);
  return freeze(spec);
}

/** Whether a problem may only be there because of another: then it would mislead. */
function follows({ path }: Problem, others: readonly Problem[]): boolean {
  return others.some((other) => {
    const parent = other.path.slice(0, -1);
    return isWithin(other.path, path) || (parent.length > 0 && isWithin(path, parent));
  });
}
