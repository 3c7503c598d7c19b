import type { BootstrapError } from '../lib/errors.ts';
import type { CheckResult, Finding, Report } from '../report/model.ts';

/** What the engine tells; Action and CLI render it. All text is already sanitised and redacted. */
export type EngineEvent =
  | {
      readonly type: 'run-start';
      readonly command: string;
      readonly hosts: readonly string[];
      readonly steps: readonly StepInfo[];
    }
  | { readonly type: 'step-start'; readonly step: StepInfo }
  | { readonly type: 'step-log'; readonly step: StepInfo; readonly line: string }
  | {
      readonly type: 'step-end';
      readonly step: StepInfo;
      readonly outcome: StepOutcome;
      readonly durationMs: number;
      readonly note?: string;
      readonly error?: BootstrapError;
    }
  | { readonly type: 'finding'; readonly finding: Finding }
  | { readonly type: 'check'; readonly result: CheckResult }
  | { readonly type: 'warning'; readonly message: string; readonly host?: string }
  /** Always the last event, also of a failed or cancelled run. */
  | { readonly type: 'run-end'; readonly report: Report }
  /** A value that no output may ever show. Never rendered: front ends register it with their masks. */
  | { readonly type: 'secret'; readonly value: string };

/** `unchanged`: the step looked and found nothing to do. `skipped`: it never ran, since something before it failed. */
export type StepOutcome = 'done' | 'unchanged' | 'failed' | 'skipped' | 'cancelled';

export interface StepInfo {
  /** Unique in a run: `init`, or `join@10.0.0.2` for a per-host step. */
  readonly key: string;
  readonly id: string;
  readonly title: string;
  readonly host?: string;
  /** Keys of the steps it waits for. */
  readonly needs: readonly string[];
}

export interface EventSink {
  emit(event: EngineEvent): void;
}
