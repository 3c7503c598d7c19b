import type { ClusterFile } from './schema/cluster-file.ts';

/** Where a cluster spec comes from; what is given more directly wins: `hostsText`, then `fields`, then `file`. */
export interface SpecSource {
  /** The cluster file. Paths in it are relative to its folder. */
  readonly file?: { readonly path: string; readonly text: string };
  /** Fields given one by one, as inputs or flags. Paths in it are relative to the working directory. */
  readonly fields?: SpecFields;
  /** Hosts in the short form, one a line: see `parseHostLines`. */
  readonly hostsText?: string;
  /** For `~` and the cache's place: `HOME`, `RUNNER_TOOL_CACHE`, `XDG_CACHE_HOME`. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Any part of a cluster file. */
export type SpecFields = DeepPartial<ClusterFile>;

type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: DeepPartial<T[K]> | undefined }
    : T;
