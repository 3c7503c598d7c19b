/** A release: three numbers, compared from the left; a pre-release comes before its release. */
const RELEASE = /^(\d{1,5})\.(\d{1,5})\.(\d{1,5})(-[0-9A-Za-z.-]+)?$/;

/** Whether it is `major.minor.patch` without a pre-release. */
export function isRelease(version: string): boolean {
  return RELEASE.test(version) && !version.includes('-');
}

/** `1.36` of `1.36.3`. */
export function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

/** Order for `sort`, newest first. */
export function newestFirst(a: string, b: string): number {
  const left = partsOf(a);
  const right = partsOf(b);
  for (const [index, part] of left.entries()) {
    const other = right[index] ?? 0;
    if (part !== other) return other - part;
  }
  return 0;
}

function partsOf(version: string): readonly number[] {
  const match = RELEASE.exec(version);
  if (match === null) return [-1, -1, -1, -1];
  return [Number(match[1]), Number(match[2]), Number(match[3]), match[4] === undefined ? 1 : 0];
}
