import * as core from '@actions/core';
import type { EngineEvent, EventSink, StepInfo } from '../engine/events.ts';
import { sanitizeLine } from '../lib/sanitize.ts';
import { formatDuration } from '../report/duration.ts';
import { checkMarks, stepMarks } from '../report/labels.ts';
import type { CheckResult, Report } from '../report/model.ts';
import { annotateWarning, showFinding } from './annotations.ts';
import { maskSecret } from './mask.ts';

type StepEnd = Extract<EngineEvent, { type: 'step-end' }>;

/** Of a step's output, the last lines are kept. */
const MAX_LINES = 1_000;

/**
 * Engine events as the job's log. Steps run side by side while log groups cannot nest, so a step's output is held back
 * and printed as one group when the step ends; until then single lines tell what is going on.
 */
export class ActionReporter implements EventSink {
  readonly #output = new Map<string, string[]>();
  #report: Report | undefined;

  /** The report, once the run has ended. */
  get report(): Report | undefined {
    return this.#report;
  }

  emit(event: EngineEvent): void {
    switch (event.type) {
      case 'secret':
        maskSecret(event.value);
        break;
      case 'run-start':
        this.#line(`${event.command}: ${String(event.steps.length)} steps on ${event.hosts.join(', ')}`);
        break;
      case 'step-start':
        this.#line(`▶ ${label(event.step)}`);
        break;
      case 'step-log':
        this.#keep(event.step, event.line);
        break;
      case 'step-end':
        this.#stepEnd(event);
        break;
      case 'finding':
        showFinding(event.finding);
        break;
      case 'check':
        this.#line(checkLine(event.result));
        break;
      case 'warning':
        annotateWarning(event.message, event.host);
        break;
      case 'run-end':
        this.#report = event.report;
        break;
    }
  }

  #keep(step: StepInfo, line: string): void {
    const lines = this.#output.get(step.key) ?? [];
    lines.push(line);
    if (lines.length > MAX_LINES) lines.shift();
    this.#output.set(step.key, lines);
  }

  #stepEnd({ step, outcome, durationMs, note, error }: StepEnd): void {
    const lines = this.#output.get(step.key) ?? [];
    this.#output.delete(step.key);
    if (outcome === 'skipped') return;
    const result = note === undefined ? outcome : `${outcome}, ${note}`;
    const title = `${stepMarks[outcome]} ${label(step)}: ${result} (${formatDuration(durationMs)})`;
    const failed = outcome === 'failed';
    if (failed || lines.length === 0) this.#line(title);
    else core.startGroup(sanitizeLine(title));
    for (const line of lines) this.#line(`[${step.host ?? step.id}] ${line}`);
    if (!failed && lines.length > 0) core.endGroup();
    if (error !== undefined) this.#line(`  ${error.code}: ${error.message}`);
  }

  #line(text: string): void {
    core.info(sanitizeLine(text));
  }
}

function label(step: StepInfo): string {
  return step.host === undefined ? step.title : `[${step.host}] ${step.title}`;
}

function checkLine({ status, title, observed, expected, hint }: CheckResult): string {
  const wanted = status === 'pass' || status === 'skipped' ? '' : `; expected: ${expected}`;
  return `${checkMarks[status]} ${title}: ${observed}${wanted}${hint === undefined ? '' : `; fix: ${hint}`}`;
}
