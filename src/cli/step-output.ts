import type { EngineEvent, StepInfo } from '../engine/events.ts';
import { sanitizeLine } from '../lib/sanitize.ts';
import { formatDuration } from '../report/duration.ts';
import { checkMarks, stepMarks } from '../report/labels.ts';
import type { Color, Paint } from './terminal.ts';

/** Of a failed step, so many last lines of output are shown. */
const SHOWN_LINES = 30;

const outcomeColors: Readonly<Record<string, Color>> = {
  done: 'green',
  pass: 'green',
  failed: 'red',
  fail: 'red',
  error: 'red',
  cancelled: 'yellow',
};

/** What is said of a run line by line, whatever else the terminal shows. */
export class StepOutput {
  readonly #paint: Paint;
  readonly #output = new Map<string, string[]>();

  constructor(paint: Paint) {
    this.#paint = paint;
  }

  /** Lines to print for an event; none for most. */
  lines(event: EngineEvent): readonly string[] {
    switch (event.type) {
      case 'step-log':
        this.#keep(event.step, event.line);
        return [];
      case 'step-end':
        return this.#stepEnd(event);
      case 'finding': {
        const { severity, host, message, hint, id } = event.finding;
        const color = severity === 'error' ? 'red' : severity === 'warning' ? 'yellow' : 'dim';
        const fix = hint === undefined ? '' : ` (fix: ${hint})`;
        return [`${this.#paint(severity, color)} ${sanitizeLine(`${prefix(host)}${message}${fix} [${id}]`)}`];
      }
      case 'check': {
        const { status, title, observed } = event.result;
        const mark = this.#paint(checkMarks[status], outcomeColors[status] ?? 'dim');
        return [`${mark} ${sanitizeLine(`${title}: ${observed}`)}`];
      }
      case 'warning':
        return [`${this.#paint('warning', 'yellow')} ${sanitizeLine(prefix(event.host) + event.message)}`];
      case 'run-start':
      case 'step-start':
      case 'run-end':
      case 'secret':
        return [];
    }
  }

  #keep(step: StepInfo, line: string): void {
    const lines = this.#output.get(step.key) ?? [];
    lines.push(line);
    if (lines.length > SHOWN_LINES) lines.shift();
    this.#output.set(step.key, lines);
  }

  #stepEnd({
    step,
    outcome,
    durationMs,
    note,
  }: Extract<EngineEvent, { type: 'step-end' }>): readonly string[] {
    const lines = this.#output.get(step.key) ?? [];
    this.#output.delete(step.key);
    if (outcome === 'skipped') return [];
    const result = [outcome === 'done' ? '' : `: ${outcome}`, note === undefined ? '' : `, ${note}`].join('');
    const mark = this.#paint(stepMarks[outcome], outcomeColors[outcome] ?? 'dim');
    const time = this.#paint(formatDuration(durationMs), 'dim');
    const shown = outcome === 'failed' ? lines : [];
    return [
      `${mark} ${sanitizeLine(stepLabel(step) + result)} ${time}`,
      ...shown.map((line) => `    ${sanitizeLine(prefix(step.host) + line)}`),
    ];
  }
}

/** A step as people see it. */
export function stepLabel(step: StepInfo): string {
  return prefix(step.host) + step.title;
}

function prefix(host: string | undefined): string {
  return host === undefined ? '' : `[${host}] `;
}
