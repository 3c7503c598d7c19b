import type { CheckResult, Finding, Report, ReportError, StepTiming } from './model.ts';
import { element, xmlText } from './xml.ts';

interface TestCase {
  readonly name: string;
  readonly timeMs: number;
  readonly result: 'pass' | 'failure' | 'error' | 'skipped';
  readonly message: string;
  readonly text: string;
}

/**
 * The report as JUnit XML: a suite each for preflight, bootstrap steps and checks. A `failure` is something seen to be
 * wrong, an `error` something that could not be found out. A run that failed always has a failed case.
 */
export function renderJUnit(report: Report): string {
  const failure = report.error;
  const steps = report.timings.map((timing) => stepCase(timing, report));
  if (failure !== undefined && !steps.some((step) => step.result === 'failure')) {
    const text = [failure.message, failure.hint ?? ''].join('\n').trim();
    steps.push({
      name: 'run',
      timeMs: 0,
      result: 'error',
      message: `${failure.code}: ${failure.message}`,
      text,
    });
  }
  const suites = [
    { name: 'preflight', cases: report.findings.map(findingCase) },
    { name: 'bootstrap', cases: steps },
    { name: 'checks', cases: report.checks.map(checkCase) },
  ].filter((suite) => suite.cases.length > 0);
  const all = suites.flatMap((suite) => suite.cases);
  const root = element(
    'testsuites',
    { name: 'k8s-bootstrap', ...counts(all), time: seconds(report.durationMs) },
    suites.map((suite) => renderSuite(suite.name, suite.cases, report)),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

function renderSuite(name: string, cases: readonly TestCase[], report: Report): string {
  const { cluster, nodes } = report;
  const distinct = (values: readonly string[]): string => [...new Set(values)].join(', ');
  const properties = {
    provider: cluster.provider,
    kubernetes: cluster.kubernetesVersion,
    cni: cluster.cni,
    cniVersion: cluster.cniVersion,
    os: distinct(nodes.map((node) => node.osImage)),
    kernel: distinct(nodes.map((node) => node.kernelVersion)),
  };
  // Consumers merge retried cases by class and name: cluster flavours must not share a class.
  const className = `k8s-bootstrap.${name}.${cluster.cni}-${cluster.cniVersion}.k8s-${cluster.kubernetesVersion}`;
  const time = seconds(cases.reduce((sum, test) => sum + test.timeMs, 0));
  return element('testsuite', { name, ...counts(cases), time, timestamp: report.startedAt }, [
    element(
      'properties',
      {},
      Object.entries(properties).map(([key, value]) => element('property', { name: key, value })),
    ),
    ...cases.map((test) => renderCase(test, className)),
  ]);
}

function renderCase(test: TestCase, classname: string): string {
  const attributes = { classname, name: test.name, time: seconds(test.timeMs) };
  if (test.result === 'pass') return element('testcase', attributes);
  if (test.result === 'skipped') {
    return element('testcase', attributes, [element('skipped', { message: test.message })]);
  }
  const detail = element(test.result, { message: test.message, type: test.result }, [xmlText(test.text)]);
  return element('testcase', attributes, [detail]);
}

function checkCase(check: CheckResult): TestCase {
  const results = { pass: 'pass', fail: 'failure', error: 'error', skipped: 'skipped' } as const;
  const probes = (check.probes ?? [])
    .filter((probe) => probe.status !== 'pass')
    .map((probe) => `${probe.from} -> ${probe.to}: ${probe.status}: ${probe.detail}`);
  const lines = [`expected: ${check.expected}`, `observed: ${check.observed}`, ...probes];
  if (check.hint !== undefined) lines.push(`fix: ${check.hint}`);
  return {
    name: check.title,
    timeMs: check.durationMs,
    result: results[check.status],
    message: check.observed,
    text: lines.join('\n'),
  };
}

function stepCase(timing: StepTiming, report: Report): TestCase {
  const failed = errorOf(timing, report);
  const name = timing.host === undefined ? timing.title : `${timing.title} [${timing.host}]`;
  const result =
    timing.outcome === 'failed'
      ? 'failure'
      : timing.outcome === 'skipped' || timing.outcome === 'cancelled'
        ? 'skipped'
        : 'pass';
  const message = result === 'failure' ? `${failed?.code ?? ''}: ${failed?.message ?? ''}` : timing.outcome;
  return { name, timeMs: timing.durationMs, result, message, text: failed?.hint ?? '' };
}

/** The step's own error where several failed. */
function errorOf({ id, host }: StepTiming, { error }: Report): ReportError | undefined {
  return error?.errors?.find((single) => single.step === id && single.host === host) ?? error;
}

function findingCase(finding: Finding): TestCase {
  const name = finding.host === undefined ? finding.id : `${finding.id} [${finding.host}]`;
  const result =
    finding.severity === 'error' ? 'failure' : finding.severity === 'warning' ? 'skipped' : 'pass';
  return { name, timeMs: 0, result, message: finding.message, text: finding.hint ?? '' };
}

function counts(cases: readonly TestCase[]): Record<'tests' | 'failures' | 'errors' | 'skipped', number> {
  const count = (result: TestCase['result']): number => cases.filter((test) => test.result === result).length;
  return {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  };
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}
