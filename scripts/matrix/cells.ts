import { type BedCni, kubernetesVersions, versions } from '../../testbed/src/versions.ts';

/** A CNI with options: a line of the table. */
export interface Variant {
  readonly cni: BedCni;
  readonly title: string;
  /** Words that stand for it in `CELLS` and in progress, the CNI's name left out. */
  readonly name: string;
  /** For `cni.options`, beside what the bed needs. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** One cluster to bring up, verify and take down. */
export interface Cell {
  readonly variant: Variant;
  readonly kubernetes: string;
  readonly provider: Provider;
}

export const providers = ['ssh', 'kind'] as const;
export type Provider = (typeof providers)[number];

const flannel = `Flannel ${versions.flannel}`;
const cilium = `Cilium ${versions.cilium}`;

const variants: readonly Variant[] = [
  { cni: 'flannel', title: `${flannel}, VXLAN`, name: 'vxlan', options: {} },
  { cni: 'flannel', title: `${flannel}, host-gw`, name: 'host-gw', options: { backend: 'host-gw' } },
  { cni: 'cilium', title: `${cilium}, VXLAN`, name: 'vxlan', options: {} },
  {
    cni: 'cilium',
    title: `${cilium}, VXLAN, without kube-proxy`,
    name: 'no-kube-proxy',
    options: { kubeProxyReplacement: true },
  },
  {
    cni: 'cilium',
    title: `${cilium}, native routing`,
    name: 'native',
    options: { backend: 'native' },
  },
];

export const cellName = ({ variant, kubernetes, provider }: Cell): string =>
  [variant.cni, variant.name, kubernetes, provider].join('/');

/** Every cell there is; those of one Kubernetes version stand together. */
export function allCells(): readonly Cell[] {
  return Object.keys(kubernetesVersions).flatMap((kubernetes) =>
    variants.flatMap((variant) => providers.map((provider) => ({ variant, kubernetes, provider }))),
  );
}

/**
 * The cells that a limit names.
 *
 * @param limit words joined by `/`, such as `flannel/1.36.3/kind`: cells with all of them; several such, separated by
 *   commas or blanks, add up. Empty: all cells.
 * @throws Error for a limit that fits no cell.
 */
export function limitedCells(cells: readonly Cell[], limit: string): readonly Cell[] {
  const wanted = limit.split(/[\s,]+/).filter(Boolean);
  if (wanted.length === 0) return cells;
  const fits = (cell: Cell, one: string): boolean => {
    const words = cellName(cell).split('/');
    return one.split('/').every((word) => words.includes(word));
  };
  const useless = wanted.filter((one) => !cells.some((cell) => fits(cell, one)));
  if (useless.length > 0) {
    throw new Error(`no cell is ${useless.join(', ')}; the cells: ${cells.map(cellName).join(' ')}`);
  }
  return cells.filter((cell) => wanted.some((one) => fits(cell, one)));
}
