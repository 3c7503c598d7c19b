import { join } from 'node:path';
import { renderJson } from '../report/json.ts';
import { renderJUnit } from '../report/junit.ts';
import { renderMarkdown } from '../report/markdown.ts';
import type { Report } from '../report/model.ts';
import { writeByRename } from './output-path.ts';

/**
 * Writes `report.json`, `report.md` and `junit.xml` into a directory that is there.
 *
 * @returns the path of `report.json`.
 * @throws BootstrapError `E_OUTPUT`
 */
export function writeReportFiles(report: Report, dir: string): string {
  const path = join(dir, 'report.json');
  writeByRename(path, renderJson(report));
  writeByRename(join(dir, 'report.md'), renderMarkdown(report));
  writeByRename(join(dir, 'junit.xml'), renderJUnit(report));
  return path;
}
