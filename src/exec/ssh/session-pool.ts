import { untilAborted } from '../limits.ts';

/** Lets so many at a time have a session; the others queue in order. */
export class SessionPool {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(size: number) {
    this.#free = size;
  }

  /** Resolves with the function that gives the session back. Rejects with the signal's reason. */
  async acquire(signal: AbortSignal): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1;
    else {
      const turn = new Promise<void>((resolve) => this.#waiting.push(resolve));
      await untilAborted(turn, signal).catch((error: unknown) => {
        // Whoever gave up still gets the turn, and passes it on.
        void turn.then(() => {
          this.#release();
        });
        throw error;
      });
    }
    let held = true;
    return () => {
      if (held) this.#release();
      held = false;
    };
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
