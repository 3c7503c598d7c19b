import { BootstrapError, toBootstrapError } from '../lib/errors.ts';
import type { CheckResult } from '../report/model.ts';
import type { Check, VerifyContext } from './check.ts';
import { dns } from './dns.ts';
import { nginxAnswers } from './nginx-answers.ts';
import { nginxRunning } from './nginx-running.ts';
import { service } from './service.ts';

/** The gate, which cannot be left out. */
const gate = [nginxRunning, nginxAnswers] as const;

/** Every further check there is; all of them are the default. A new one is a file beside this one and a line here. */
const further = [service, dns] as const;

export const checkIds: readonly string[] = [...gate, ...further].map(({ id }) => id);

/** @throws BootstrapError `E_SPEC` for an id that no check has. */
export function checksNamed(ids: readonly string[]): readonly Check[] {
  const unknown = ids.find((id) => id !== 'default' && !checkIds.includes(id));
  if (unknown !== undefined) {
    throw new BootstrapError('E_SPEC', `there is no check called ${JSON.stringify(unknown)}`, {
      where: 'verify.checks',
      hint: `choose from ${checkIds.join(', ')}, or default`,
    });
  }
  const wanted = further.filter(({ id }) => ids.includes('default') || ids.includes(id));
  return [...gate, ...wanted];
}

/** The gate's checks in turn, then the others side by side; after a failed gate the rest is `skipped`. */
export async function runChecks(
  checks: readonly Check[],
  context: VerifyContext,
  now: () => number,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  const gateChecks = checks.filter((check) => gate.some(({ id }) => id === check.id));
  for (const check of gateChecks) {
    const broken = results.some(({ status }) => status !== 'pass');
    results.push(broken ? skipped(check, context) : await runCheck(check, context, now));
  }
  const others = checks.filter((check) => !gateChecks.includes(check));
  if (results.some(({ status }) => status !== 'pass'))
    return [...results, ...others.map((check) => skipped(check, context))];
  return [...results, ...(await Promise.all(others.map((check) => runCheck(check, context, now))))];
}

async function runCheck(check: Check, context: VerifyContext, now: () => number): Promise<CheckResult> {
  const startedAt = now();
  const about = { id: check.id, title: check.title, expected: check.expected(context.spec) };
  try {
    const observation = await check.observe(context);
    return { ...about, ...observation, durationMs: now() - startedAt };
  } catch (thrown) {
    if (context.signal.aborted) throw thrown;
    const { message } = toBootstrapError(thrown);
    return {
      ...about,
      status: 'error',
      observed: `could not be made: ${message}`,
      durationMs: now() - startedAt,
    };
  }
}

function skipped(check: Check, { spec }: VerifyContext): CheckResult {
  const { id, title } = check;
  return {
    id,
    title,
    status: 'skipped',
    expected: check.expected(spec),
    observed: 'not made, since the gate failed',
    durationMs: 0,
  };
}
