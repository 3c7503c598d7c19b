/** Two ways to the same end, and how much longer ours may take. */
export interface Contest {
  readonly title: string;
  /** What ours is measured against. */
  readonly against: string;
  /** The largest ratio of the medians. */
  readonly limit: number;
  readonly theirs: () => void;
  readonly ours: () => void;
  /** After every run: what the next run finds is what the first one found. */
  readonly reset: () => void;
}

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** @returns whether the limit was kept. */
export function hold({ title, against, limit, theirs, ours, reset }: Contest, rounds: number): boolean {
  print(title);
  const times = { theirs: [] as number[], ours: [] as number[] };
  const order = [
    { run: theirs, into: times.theirs },
    { run: ours, into: times.ours },
  ];
  for (let round = 1; round <= rounds; round += 1) {
    for (const { run, into } of order) {
      const start = performance.now();
      run();
      into.push(performance.now() - start);
      reset();
    }
    // Whoever comes second finds warmer caches, so they take turns at it.
    order.reverse();
    print(
      `round ${String(round)}: ${against} ${seconds(times.theirs.at(-1))}, k8s-bootstrap ${seconds(times.ours.at(-1))}`,
    );
  }
  const [hand, own] = [median(times.theirs), median(times.ours)];
  print(`medians of ${String(rounds)}: ${against} ${seconds(hand)}, k8s-bootstrap ${seconds(own)}`);
  print(`ratio: ${(own / hand).toFixed(2)} (to be at most ${limit.toFixed(2)})`);
  return own / hand <= limit;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function seconds(ms: number | undefined): string {
  return `${((ms ?? 0) / 1000).toFixed(1)} s`;
}
