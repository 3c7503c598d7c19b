import { StringDecoder } from 'node:string_decoder';
import { sanitizeLine } from '../lib/sanitize.ts';

/** More than sanitising lets through, so that a cut line is marked as one. */
const KEEP = 4_100;

/** Cuts a byte stream into sanitised lines at LF, CR and CR LF. Overlong lines are cut, never buffered whole. */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #line = '';
  #afterReturn = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(chunk: Buffer): void {
    this.#add(this.#decoder.write(chunk));
  }

  /** Passes on what is left as the last line. */
  end(): void {
    this.#add(this.#decoder.end());
    if (this.#line !== '') this.#emit();
  }

  #add(text: string): void {
    // Says nothing of what follows a CR.
    if (text === '') return;
    const rest = this.#afterReturn && text.startsWith('\n') ? text.slice(1) : text;
    this.#afterReturn = rest.endsWith('\r');
    const lines = rest.split(/\r\n|\r|\n/);
    const last = lines.pop() ?? '';
    for (const line of lines) {
      this.#append(line);
      this.#emit();
    }
    this.#append(last);
  }

  #append(text: string): void {
    const room = KEEP - this.#line.length;
    if (room > 0) this.#line += text.slice(0, room);
  }

  #emit(): void {
    const line = this.#line;
    this.#line = '';
    this.#onLine(sanitizeLine(line));
  }
}
