/** Keeps the first bytes of a stream and counts nothing else: what comes after them is dropped. */
export class BoundedOutput {
  readonly #chunks: Buffer[] = [];
  #room: number;
  #truncated = false;

  constructor(maxBytes: number) {
    this.#room = maxBytes;
  }

  get truncated(): boolean {
    return this.#truncated;
  }

  /** What was kept, as UTF-8 with invalid bytes replaced. */
  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  write(chunk: Buffer): void {
    if (chunk.length > this.#room) this.#truncated = true;
    if (this.#room === 0) return;
    // A copy, since a slice would keep the whole network buffer alive.
    const kept = Buffer.from(chunk.subarray(0, this.#room));
    this.#chunks.push(kept);
    this.#room -= kept.length;
  }
}
