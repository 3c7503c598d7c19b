import { copyFileSync, linkSync } from 'node:fs';

/** A second name for a file where the file system allows it: cache and target may lie on different ones. */
export function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target);
  }
}
