/** Shorter values would turn ordinary words into stars. */
const MIN_LENGTH = 6;

/** Takes known secrets out of text. */
export class Redactor {
  readonly #secrets = new Set<string>();
  #longestFirst: readonly string[] = [];

  /** From now on this value is hidden; of a value with several lines, each line is. Under 6 characters: ignored. */
  add(secret: string): void {
    for (const line of secret.split(/\r\n|\r|\n/).map((part) => part.trim())) {
      if (line.length >= MIN_LENGTH) this.#secrets.add(line);
    }
    this.#longestFirst = [...this.#secrets].sort((a, b) => b.length - a.length);
  }

  /** The text with `***` in place of every known secret. */
  redact(text: string): string {
    return this.#longestFirst.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
  }
}
