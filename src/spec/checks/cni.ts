import * as z from 'zod';
import type { ClusterSpec, CniSpec } from '../cluster-spec.ts';
import { isUrl } from '../complete.ts';
import { problemsOf } from '../issues.ts';
import { shown, type Problem } from '../problem.ts';
import { url } from '../schema/text.ts';
import { closest, suggestion } from '../suggest.ts';

/** What is wrong with the choice for a CNI, and how to mend it. */
export type CniProblem = {
  readonly what: string;
  readonly fix: string;
} & (
  | { readonly option: string }
  /** One of `cni`'s own fields. */
  | { readonly field: 'podCIDR' }
);

/** What the registry of CNIs knows and a spec is checked against. */
export interface CniCatalog {
  readonly names: readonly string[];
  /** Schemas of a CNI's own options, by name. */
  readonly options: (name: string) => Readonly<Record<string, z.ZodType>>;
  /** What it does instead of options that others have, by option: `always enforces network policies`. */
  readonly instead: (name: string) => Readonly<Record<string, string>>;
  /** What is wrong with options that are right one by one. */
  readonly problems: (spec: ClusterSpec) => readonly CniProblem[];
}

/** @param catalog undefined: any name and any options will do. */
export function checkCni(spec: ClusterSpec, catalog: CniCatalog | undefined): readonly Problem[] {
  const { cni } = spec;
  const problems: Problem[] = [];
  if (catalog !== undefined) {
    const { names } = catalog;
    if (!names.includes(cni.name)) {
      problems.push({
        path: ['cni', 'name'],
        what: `${shown(cni.name)} is not a CNI that is known`,
        fix: suggestion(cni.name, names),
      });
      return problems;
    }
    const options = optionProblems(cni, catalog);
    problems.push(...options);
    if (options.length === 0) {
      problems.push(
        ...catalog.problems(spec).map(({ what, fix, ...at }) => ({
          path: 'field' in at ? ['cni', at.field] : ['cni', 'options', at.option],
          what,
          fix,
        })),
      );
    }
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

/** Its values as the CNI's schemas see them; a name that it does not have, with those that do. */
function optionProblems({ name, options }: CniSpec, catalog: CniCatalog): readonly Problem[] {
  const known = catalog.options(name);
  const unknown = Object.keys(options).filter((option) => !Object.hasOwn(known, option));
  const checked = z.object(known).safeParse(options);
  return [
    ...unknown.map((option) => ({
      path: ['cni', 'options', option],
      what: `${name} has no option ${shown(option)}`,
      fix: whoHas(option, name, catalog),
    })),
    ...(checked.success
      ? []
      : problemsOf(checked.error.issues, options).map(({ path, ...problem }) => ({
          ...problem,
          path: ['cni', 'options', ...path],
        }))),
  ];
}

function whoHas(option: string, cni: string, { names, options, instead }: CniCatalog): string {
  const known = Object.keys(options(cni));
  const near = closest(option, known);
  if (near !== undefined) return `did you mean ${near}?`;
  const does = (name: string): string | undefined =>
    Object.hasOwn(instead(name), option) ? instead(name)[option] : undefined;
  const own = does(cni);
  const owners = names.filter((name) => Object.hasOwn(options(name), option));
  const others = names.flatMap((name) => {
    const what = name === cni ? undefined : does(name);
    return what === undefined ? [] : [`${name} ${what}`];
  });
  return [
    ...(own === undefined ? [] : [`it ${own}`]),
    known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`,
    ...(owners.length === 0 ? [] : [`${option} is an option of ${owners.join(', ')}`]),
    ...others,
  ].join('; ');
}
