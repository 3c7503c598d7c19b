import type { EngineEvent, EventSink } from '../engine/events.ts';
import { sanitizeLine } from '../lib/sanitize.ts';
import { StepOutput, stepLabel } from './step-output.ts';
import { painter, type Output, type Paint } from './terminal.ts';

/** Shows how a run goes on. */
export interface Progress extends EventSink {
  /** Leaves the terminal in order; nothing is shown afterwards. */
  stop(): void;
}

/** No progress at all. */
export const silentProgress: Progress = { emit: () => undefined, stop: () => undefined };

/** Every event but secrets as one line of JSON; the report is printed by the command, as the last one. */
export function jsonProgress(output: Output): Progress {
  return {
    emit: (event) => {
      if (event.type === 'secret' || event.type === 'run-end') return;
      output.write(`${JSON.stringify(plainEvent(event))}\n`);
    },
    stop: () => undefined,
  };
}

/** One line for each thing that begins or ends. */
export function plainProgress(output: Output, paint: Paint = painter(false)): Progress {
  const steps = new StepOutput(paint);
  return {
    emit: (event) => {
      if (event.type === 'step-start') output.write(`${sanitizeLine(`… ${stepLabel(event.step)}`)}\n`);
      for (const line of steps.lines(event)) output.write(`${line}\n`);
    },
    stop: () => undefined,
  };
}

/** Errors have no enumerable message: without this, `step-end` would lose the reason. */
function plainEvent(event: EngineEvent): unknown {
  if (event.type !== 'step-end' || event.error === undefined) return event;
  const { code, message, host, step, where, hint } = event.error;
  return { ...event, error: { code, message, host, step, where, hint } };
}
