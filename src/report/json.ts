import type { Report } from './model.ts';

/** The report as a file: indented JSON with a final newline. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
