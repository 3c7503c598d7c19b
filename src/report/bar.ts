import type { StepTiming } from './model.ts';

/** Where in the run a step ran, drawn on a line of `width` characters: `··███···`. */
export function timeBar(timing: StepTiming, totalMs: number, width: number): string {
  if (totalMs <= 0) return '·'.repeat(width);
  const cell = (ms: number): number => Math.min(width, Math.max(0, Math.round((ms / totalMs) * width)));
  const start = Math.min(cell(timing.startMs), width - 1);
  const length = Math.max(1, cell(timing.startMs + timing.durationMs) - start);
  return '·'.repeat(start) + '█'.repeat(length) + '·'.repeat(width - start - length);
}

/** When the last step ended. */
export function totalDuration(timings: readonly StepTiming[]): number {
  return Math.max(0, ...timings.map((timing) => timing.startMs + timing.durationMs));
}
