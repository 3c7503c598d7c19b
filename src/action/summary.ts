import * as core from '@actions/core';
import { renderMarkdown } from '../report/markdown.ts';
import type { Report } from '../report/model.ts';

/** The runner refuses a summary of more than 1 MiB altogether. */
const MAX_BYTES = 1_000_000;
const CUT = '\n\n*Cut: too long for a job summary; the whole is in report.md.*\n';

/** Adds the report to the job's summary. That it cannot be written is worth a warning, never a failure. */
export async function writeSummary(report: Report): Promise<void> {
  try {
    await core.summary.addRaw(bounded(renderMarkdown(report))).write();
  } catch (error) {
    core.warning(
      `the job summary could not be written: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** At most so much text as a summary takes; whole lines, with a note when some are missing. */
export function bounded(markdown: string, maxBytes: number = MAX_BYTES): string {
  if (Buffer.byteLength(markdown) <= maxBytes) return markdown;
  const kept = Buffer.from(markdown)
    .subarray(0, maxBytes - Buffer.byteLength(CUT))
    .toString('utf8');
  return kept.slice(0, Math.max(0, kept.lastIndexOf('\n'))) + CUT;
}
