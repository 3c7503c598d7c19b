import type { EngineEvent, StepInfo } from '../engine/events.ts';
import { sanitizeLine } from '../lib/sanitize.ts';
import { formatDuration } from '../report/duration.ts';
import type { Progress } from './progress.ts';
import { StepOutput, stepLabel } from './step-output.ts';
import type { Output, Paint } from './terminal.ts';

const REDRAW_MS = 250;

/** Lines for what is done, and below them, redrawn in place, one line for each step that is running. */
export class LiveProgress implements Progress {
  readonly #output: Output;
  readonly #paint: Paint;
  readonly #steps: StepOutput;
  readonly #now: () => number;
  readonly #running = new Map<string, { readonly step: StepInfo; readonly since: number }>();
  readonly #timer: NodeJS.Timeout;
  #drawn = 0;

  constructor(output: Output, paint: Paint, now: () => number = Date.now) {
    this.#output = output;
    this.#paint = paint;
    this.#steps = new StepOutput(paint);
    this.#now = now;
    this.#timer = setInterval(() => {
      this.#redraw([]);
    }, REDRAW_MS);
    this.#timer.unref();
  }

  emit(event: EngineEvent): void {
    if (event.type === 'secret') return;
    if (event.type === 'step-start')
      this.#running.set(event.step.key, { step: event.step, since: this.#now() });
    if (event.type === 'step-end') this.#running.delete(event.step.key);
    const lines = this.#steps.lines(event);
    if (lines.length > 0 || event.type === 'step-start') this.#redraw(lines);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#running.clear();
    this.#redraw([]);
  }

  /** One write, so that nothing flickers: back to the first live line, clear, finished lines, live lines. */
  #redraw(finished: readonly string[]): void {
    const width = (this.#output.columns ?? 80) - 1;
    const live = [...this.#running.values()].map(({ step, since }) => {
      const text = `… ${sanitizeLine(stepLabel(step))} ${formatDuration(this.#now() - since)}`;
      return this.#paint(Array.from(text).slice(0, width).join(''), 'dim');
    });
    const back = this.#drawn === 0 ? '' : `\u001b[${String(this.#drawn)}A\r\u001b[J`;
    this.#drawn = live.length;
    const text = back + [...finished, ...live].map((line) => `${line}\n`).join('');
    if (text !== '') this.#output.write(text);
  }
}
