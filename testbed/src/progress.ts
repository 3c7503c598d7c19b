export type Print = (line: string) => void;

export const printToStderr: Print = (line) => {
  process.stderr.write(`${line}\n`);
};

const heartbeatMs = 30_000;

export function duration(ms: number): string {
  if (ms < 100_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${(ms / 60_000).toFixed(1)} min`;
}

/** One phase of known length: numbers its steps and shows that the long ones are alive. */
export class Progress {
  readonly print: Print;
  private readonly phase: string;
  private readonly total: number;
  private begun = 0;

  constructor(print: Print, phase: string, total: number) {
    this.print = print;
    this.phase = phase;
    this.total = total;
  }

  /** Something that was there already: counted, in one line. */
  skip(what: string): void {
    this.print(`${this.tag()} ${what}: cached`);
  }

  async step<T>(what: string, expectedSeconds: number, work: () => Promise<T>): Promise<T> {
    const tag = this.tag();
    const start = Date.now();
    const about = duration(expectedSeconds * 1000);
    this.print(`${tag} ${what} … (usually ${about})`);
    const heartbeat = setInterval(() => {
      this.print(`${tag} ${what}: still at it, ${duration(Date.now() - start)} of about ${about}`);
    }, heartbeatMs);
    try {
      const result = await work();
      this.print(`${tag} ${what}: done in ${duration(Date.now() - start)}`);
      return result;
    } catch (error) {
      this.print(`${tag} ${what}: FAILED after ${duration(Date.now() - start)}`);
      throw error;
    } finally {
      clearInterval(heartbeat);
    }
  }

  private tag(): string {
    this.begun += 1;
    return `[${this.phase} ${String(this.begun)}/${String(this.total)}]`;
  }
}
