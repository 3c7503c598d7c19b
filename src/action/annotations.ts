import * as core from '@actions/core';
import type { AnnotationProperties } from '@actions/core';
import type { BootstrapError } from '../lib/errors.ts';
import { sanitizeLine, sanitizeText } from '../lib/sanitize.ts';
import type { Finding } from '../report/model.ts';

/** GitHub shows ten annotations of a kind for a step; the rest is in the log. */
const MAX_ANNOTATIONS = 10;

/** Shows an error in the job's annotations, that of each host by itself: what, where and how to fix it. */
export function annotateError(error: BootstrapError): void {
  const { singles } = error;
  singles.slice(0, MAX_ANNOTATIONS).forEach(annotateSingle);
  for (const { code, host, message } of singles.slice(MAX_ANNOTATIONS)) {
    core.info(sanitizeText(`${code}${host === undefined ? '' : ` ${host}`}: ${message}`));
  }
}

function annotateSingle(error: BootstrapError): void {
  const place = [
    ...(error.host === undefined ? [] : [`host: ${error.host}`]),
    ...(error.step === undefined ? [] : [`step: ${error.step}`]),
    ...(error.where === undefined ? [] : [`at: ${error.where}`]),
    ...(error.hint === undefined ? [] : [`fix: ${error.hint}`]),
  ];
  const message = [sanitizeText(error.message), ...place.map(sanitizeLine)].join('\n');
  core.error(message, { title: `k8s-bootstrap: ${error.code}`, ...fileProperties(error.where) });
}

/** Shows a warning in the job's annotations. */
export function annotateWarning(message: string, host?: string): void {
  core.warning(sanitizeText(host === undefined ? message : `[${host}] ${message}`), {
    title: 'k8s-bootstrap',
  });
}

/** Warnings become annotations; errors come again as the run's one error, so that they are only logged here. */
export function showFinding(finding: Finding): void {
  const hint = finding.hint === undefined ? '' : ` (fix: ${finding.hint})`;
  const text = `${finding.message}${hint} [${finding.id}]`;
  if (finding.severity === 'warning') {
    annotateWarning(text, finding.host);
    return;
  }
  const host = finding.host === undefined ? '' : `[${finding.host}] `;
  core.info(sanitizeLine(`${host}preflight ${finding.severity}: ${text}`));
}

/** `file:line:column` as GitHub wants it; field paths and input names have no place in a file. */
function fileProperties(where: string | undefined): AnnotationProperties {
  const match = /^([^:]+\.ya?ml)(?::(\d+))?(?::(\d+))?$/.exec(where ?? '');
  if (match === null) return {};
  const [, file = '', line, column] = match;
  return {
    file,
    ...(line === undefined ? {} : { startLine: Number(line) }),
    ...(column === undefined ? {} : { startColumn: Number(column) }),
  };
}
