import type { StepTiming } from '../report/model.ts';

/** The chain of waits that decided how long the run took: keys in order, from the last step's end backwards. */
export function criticalPath(timings: readonly StepTiming[]): readonly string[] {
  const ran = new Map(
    timings.filter((timing) => timing.outcome !== 'skipped').map((timing) => [timing.key, timing]),
  );
  const end = (timing: StepTiming): number => timing.startMs + timing.durationMs;
  const latest = (candidates: readonly StepTiming[]): StepTiming | undefined =>
    candidates.reduce<StepTiming | undefined>(
      (best, candidate) => (best === undefined || end(candidate) > end(best) ? candidate : best),
      undefined,
    );
  const path: string[] = [];
  for (let step = latest([...ran.values()]); step !== undefined;) {
    path.unshift(step.key);
    step = latest(step.needs.flatMap((key) => ran.get(key) ?? []));
  }
  return path;
}
