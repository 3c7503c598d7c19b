import type { ClusterSpec } from '../cluster-spec.ts';
import { isUrl } from '../complete.ts';
import { shown, type Problem } from '../problem.ts';
import { url } from '../schema/text.ts';
import { suggestion } from '../suggest.ts';

/** @param names those of the CNI registry; undefined: any. */
export function checkCni({ cni }: ClusterSpec, names: readonly string[] | undefined): readonly Problem[] {
  const problems: Problem[] = [];
  if (names !== undefined && !names.includes(cni.name)) {
    problems.push({
      path: ['cni', 'name'],
      what: `${shown(cni.name)} is not a CNI that is known`,
      fix: suggestion(cni.name, names),
    });
    return problems;
  }
  const own = cni.name === 'manifest';
  if (own && cni.manifest === undefined) {
    problems.push({
      path: ['cni', 'manifest'],
      what: 'is missing',
      fix: 'name: manifest needs the path or URL of one',
    });
  }
  for (const field of ['manifest', 'sha256'] as const) {
    if (own || cni[field] === undefined) continue;
    problems.push({
      path: ['cni', field],
      what: `is only for name: manifest, not for ${cni.name}`,
      fix: 'remove it',
    });
  }
  if (!own || !isUrl(cni.manifest)) return problems;
  if (!url.safeParse(cni.manifest).success) {
    problems.push({
      path: ['cni', 'manifest'],
      what: 'is not a URL of this kind',
      fix: 'no user, query or fragment',
    });
  }
  if (cni.sha256 === undefined) {
    problems.push({
      path: ['cni', 'sha256'],
      what: 'is missing',
      fix: 'a manifest from a URL needs its sha256',
    });
  }
  return problems;
}
