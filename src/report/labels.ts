import type { CheckStatus, Report, StepTiming } from './model.ts';

/** The sign in front of a check. */
export const checkMarks: Readonly<Record<CheckStatus, string>> = {
  pass: '✓',
  fail: '✗',
  error: '!',
  skipped: '–',
};

/** The sign in front of a step. */
export const stepMarks: Readonly<Record<StepTiming['outcome'], string>> = {
  done: '✓',
  unchanged: '=',
  failed: '✗',
  skipped: '–',
  cancelled: '×',
};

const verbs: Readonly<Record<Report['command'], string>> = {
  up: 'Cluster up',
  down: 'Cluster removed',
  revoke: 'Join tokens revoked',
  verify: 'Cluster verified',
  plan: 'Plan made',
};

/** One line that says how the run ended. */
export function outcomeLine(report: Report): string {
  if (report.outcome === 'cancelled') return `Cancelled: ${report.command} of ${report.cluster.name}`;
  if (report.outcome === 'failure') return `Failed: ${report.command} of ${report.cluster.name}`;
  const ready = report.nodes.filter((node) => node.ready).length;
  const nodes =
    report.nodes.length === 0 ? '' : `, ${String(ready)} of ${String(report.nodes.length)} nodes Ready`;
  return `${verbs[report.command]}: ${report.cluster.name}${nodes}${report.unchanged ? ', nothing had to change' : ''}`;
}

/** Steps worth showing: all but those that never ran. */
export function shownTimings(report: Report): readonly StepTiming[] {
  return report.timings.filter((timing) => timing.outcome !== 'skipped');
}
