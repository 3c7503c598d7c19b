import { checkMarks } from './labels.ts';
import type { Probe } from './model.ts';

/** Probes as a matrix: who asked (rows) whom (columns). */
export interface ProbeGrid {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly from: string; readonly cells: readonly string[] }[];
}

/** Lays probes out by source and target, both in order of appearance; `·` where none was made. */
export function probeGrid(probes: readonly Probe[]): ProbeGrid {
  const columns = [...new Set(probes.map((probe) => probe.to))];
  const sources = [...new Set(probes.map((probe) => probe.from))];
  const marks = new Map(
    probes.map((probe) => [JSON.stringify([probe.from, probe.to]), checkMarks[probe.status]]),
  );
  return {
    columns,
    rows: sources.map((from) => ({
      from,
      cells: columns.map((to) => marks.get(JSON.stringify([from, to])) ?? '·'),
    })),
  };
}
