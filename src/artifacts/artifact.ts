import type { Arch } from './catalog.ts';

/** One file that hosts need, resolved to where it comes from and what it must be. */
export interface Artifact {
  /** `kubeadm`, `containerd`, `cni-plugins`, `flannel-manifest`, … */
  readonly name: string;
  readonly version: string;
  /** Absent of a file that is the same for all, such as a manifest. */
  readonly arch?: Arch;
  /** Upstream's URL without scheme, `<host>/<path>`: the key of checksum tables and of mirror layouts. */
  readonly upstream: string;
  /** Where to fetch it from: the mirror's URL if there is one, else upstream's. */
  readonly url: string;
  /** Lower-case hex. Always present: what has no known checksum is an error (`E_CHECKSUM`) when resolved. */
  readonly sha256: string;
}
