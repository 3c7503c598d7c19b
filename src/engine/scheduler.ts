import type { Clock } from '../lib/clock.ts';
import { BootstrapError, combineErrors, toBootstrapError } from '../lib/errors.ts';
import type { StepTiming } from '../report/model.ts';
import type { EventSink, StepOutcome } from './events.ts';
import type { StepInstance, StepResult } from './step.ts';

export interface ScheduleOptions {
  readonly events: EventSink;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface ScheduleResult {
  readonly timings: readonly StepTiming[];
  /** What went wrong, every host listed; absent when all went well. */
  readonly error?: BootstrapError;
}

/** How long steps marked `always` may go on after the run was cancelled or its time was up. */
const GRACE_MS = 10_000;

/**
 * Runs every step as soon as the steps it needs are done. The first failure starts no more and aborts all others but
 * its own siblings on other hosts, which go on, so that one run tells of every host that has the fault. Steps marked
 * `always` run all the same, on a signal of their own; what fails there hides nothing that failed before.
 */
export async function runGraph(
  graph: readonly StepInstance[],
  options: ScheduleOptions,
): Promise<ScheduleResult> {
  const { events, clock } = options;
  const startedAt = clock.now();
  const stops = new Map(graph.map((step) => [step.info.id, new AbortController()]));
  const errors: BootstrapError[] = [];
  const timings = new Map<string, StepTiming>();
  const running = new Map<string, Promise<boolean>>();

  const late = delayed(options.signal, GRACE_MS);
  const signalFor = (id: string): AbortSignal => {
    const stop = stops.get(id);
    return stop === undefined ? options.signal : AbortSignal.any([options.signal, stop.signal]);
  };

  const finish = (
    step: StepInstance,
    outcome: StepOutcome,
    startMs: number,
    note?: string,
    error?: BootstrapError,
  ) => {
    const durationMs = clock.now() - startedAt - startMs;
    timings.set(step.info.key, { ...step.info, outcome, startMs, durationMs });
    events.emit({
      type: 'step-end',
      step: step.info,
      outcome,
      durationMs,
      ...(note === undefined ? {} : { note }),
      ...(error === undefined ? {} : { error }),
    });
    return outcome === 'done' || outcome === 'unchanged';
  };

  const start = async (step: StepInstance): Promise<boolean> => {
    const needed = await Promise.all(
      step.info.needs.map((key) => running.get(key) ?? Promise.resolve(false)),
    );
    const startMs = clock.now() - startedAt;
    const halted = options.signal.aborted || errors.length > 0 || needed.includes(false);
    if (!step.always && halted) return finish(step, 'skipped', startMs);
    events.emit({ type: 'step-start', step: step.info });
    const log = (line: string) => {
      events.emit({ type: 'step-log', step: step.info, line });
    };
    const own = step.always ? late.signal : signalFor(step.info.id);
    try {
      const result: StepResult | undefined = await step.run({ signal: own, log });
      return finish(step, result?.changed === false ? 'unchanged' : 'done', startMs, result?.note);
    } catch (thrown) {
      if (own.aborted) return finish(step, 'cancelled', startMs);
      const error = toBootstrapError(thrown).in({ host: step.info.host, step: step.info.id });
      if (!step.always || (errors.length === 0 && !options.signal.aborted)) errors.push(error);
      const reason = new BootstrapError('E_CANCELLED', 'stopped, since another step failed');
      for (const [id, stop] of stops) if (id !== step.info.id) stop.abort(reason);
      return finish(step, 'failed', startMs, undefined, error);
    }
  };

  // The graph lists needs before dependants, so that each finds its needs' promises.
  for (const step of sortByNeeds(graph)) running.set(step.info.key, start(step));
  await Promise.all(running.values());
  late.clear();

  const ordered = graph.flatMap((step) => timings.get(step.info.key) ?? []);
  const error = errors.length > 0 ? combineErrors(errors) : cancelled(options.signal);
  return error === undefined ? { timings: ordered } : { timings: ordered, error };
}

/** A signal that aborts some time after another one. */
function delayed(signal: AbortSignal, ms: number): { readonly signal: AbortSignal; clear(): void } {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    timer = setTimeout(() => {
      controller.abort(signal.reason);
    }, ms);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  const clear = (): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  };
  return { signal: controller.signal, clear };
}

function cancelled(signal: AbortSignal): BootstrapError | undefined {
  if (!signal.aborted) return undefined;
  return signal.reason instanceof BootstrapError
    ? signal.reason
    : new BootstrapError('E_CANCELLED', 'the run was cancelled');
}

function sortByNeeds(graph: readonly StepInstance[]): readonly StepInstance[] {
  const sorted: StepInstance[] = [];
  const placed = new Set<string>();
  const place = (step: StepInstance): void => {
    if (placed.has(step.info.key)) return;
    placed.add(step.info.key);
    for (const key of step.info.needs) {
      const needed = graph.find((candidate) => candidate.info.key === key);
      if (needed !== undefined) place(needed);
    }
    sorted.push(step);
  };
  for (const step of graph) place(step);
  return sorted;
}
