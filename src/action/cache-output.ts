import { sanitizeLine } from '../lib/sanitize.ts';

/** What the toolkit's cache client tells in its output alone. The patterns are those of @actions/cache 6.3.0. */
export class CacheOutput {
  #problem: string | undefined;
  #taken = false;
  #found = false;

  /** Takes a sanitised line, in which `::` at the start has become `: :`. */
  read(line: string): void {
    this.#found ||= /^: :debug::archive path:/i.test(line);
    const problem = problems.map((pattern) => pattern.exec(line)?.[1]).find((text) => text !== undefined);
    if (problem === undefined) return;
    this.#taken ||= /\(409\)|already exist/i.test(problem);
    this.#problem ??= problem;
  }

  /** There is an entry, and its transfer begins. */
  get found(): boolean {
    return this.#found;
  }

  /** What went wrong, without URLs, since they are signed. That the entry is there already is nothing wrong. */
  get problem(): string | undefined {
    return this.#problem === undefined || this.#taken ? undefined : readable(this.#problem);
  }
}

/** The first attempt that fails counts: upstream is at hand, while the toolkit's retries take half a minute. */
const problems = [
  /Attempt 1 of \d+ failed with error: (.+?)(?:\. Retrying request in \d+ ms\.\.\.)?$/,
  /^: :debug::Failed to reserve cache: (?:Error: )?(.+)/,
  /^: :(?:warning|error)(?: [^:]*)?::(?:Failed to (?:restore|save): )?(.+)/,
  /^Failed to save: (.+)/,
];

function readable(text: string): string {
  const decoded = text.replaceAll(/%0[AD]/g, ' ').replaceAll('%25', '%');
  return sanitizeLine(decoded.replaceAll(/\bhttps?:\/\/\S+/gi, '(URL)')).slice(0, 300);
}
