import { BootstrapError } from '../lib/errors.ts';
import { Redactor } from '../lib/redact.ts';
import { sanitizeLine } from '../lib/sanitize.ts';
import type { Input } from './input.ts';
import { formatPath, type Problem } from './problem.ts';
import { isRecord } from '../lib/record.ts';

/** More would hide the first ones, and a file of a megabyte can have a hundred thousand. */
const MAX_LISTED = 30;

const secretFields = ['key', 'passphrase', 'sudoPassword', 'knownHostsText'];

/** One error that lists all problems. Secrets of the input are taken out, wherever they came in. */
export function specError(problems: readonly Problem[], input: Input): BootstrapError {
  const redactor = new Redactor();
  const ssh = input.value['ssh'];
  for (const field of secretFields) {
    const secret = isRecord(ssh) ? ssh[field] : undefined;
    if (typeof secret === 'string' || typeof secret === 'number') redactor.add(String(secret));
  }
  const lines = problems
    .slice(0, MAX_LISTED)
    .map((problem) => redactor.redact(sanitizeLine(lineOf(problem, input))));
  const [only = ''] = lines;
  const more = problems.length > MAX_LISTED ? [`and ${String(problems.length - MAX_LISTED)} more`] : [];
  const list = [...lines, ...more].map((line) => `\n - ${line}`).join('');
  const message = problems.length === 1 ? only : `${String(problems.length)} problems in the input:${list}`;
  const first = problems[0];
  return new BootstrapError('E_SPEC', message, {
    where: first === undefined ? undefined : redactor.redact(sanitizeLine(placeOf(first, input))),
  });
}

function lineOf(problem: Problem, input: Input): string {
  const { path, shownPath = path, what, fix } = problem;
  const where = placeOf(problem, input);
  const field = formatPath(shownPath);
  const subject = [where, field]
    .filter((text, index) => text !== '' && (index === 0 || !where.endsWith(text)))
    .join(': ');
  return `${subject === '' ? '' : `${subject}: `}${what}${fix === undefined ? '' : `; ${fix}`}`;
}

function placeOf({ path, shownPath = path }: Problem, input: Input): string {
  const where = input.locate(path);
  return where === formatPath(path) ? formatPath(shownPath) : where;
}
