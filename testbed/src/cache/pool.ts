/** At most `size` pieces of work at a time, first come first served. */
export class Pool {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(size: number) {
    this.free = size;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    }
  }
}

/** A go build fills the cores by itself, apt and downloads mostly wait: one of each side by side suits two cores. */
export const pools = {
  download: new Pool(1),
  go: new Pool(1),
  debian: new Pool(1),
  image: new Pool(2),
} as const;
export type PoolName = keyof typeof pools;
