/** Keys and indexes from the top of the cluster file. */
export type Path = readonly (string | number)[];

/** One thing that is wrong with the user's input. */
export interface Problem {
  readonly path: Path;
  /** Path to show instead, where the last part may be a misplaced secret. */
  readonly shownPath?: Path | undefined;
  /** What is wrong; never contains a secret. */
  readonly what: string;
  /** What to do about it. */
  readonly fix?: string | undefined;
}

/** `hosts[1].address`. */
export function formatPath(path: Path): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${String(part)}]` : `${index === 0 ? '' : '.'}${part}`,
    )
    .join('');
}

/** Whether `path` is `prefix` or below it. */
export function isWithin(path: Path, prefix: Path): boolean {
  return prefix.every((part, index) => path[index] === part);
}

const MAX_SHOWN = 60;

/** A value as messages show it: on one line, and short. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}
