import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ActionReporter } from '../../src/action/reporter.ts';
import { bounded } from '../../src/action/summary.ts';
import { BootstrapError } from '../../src/lib/errors.ts';
import { ActionEnvironment } from '../helpers/action-environment.ts';
import { step } from '../helpers/fake-engine.ts';
import { sampleReport } from '../helpers/sample-report.ts';

let environment: ActionEnvironment;
let reporter: ActionReporter;

beforeEach(() => {
  environment = new ActionEnvironment();
  reporter = new ActionReporter();
});
afterEach(() => {
  environment.restore();
});

const a = step('join@a', 'Join', 'a');
const b = step('join@b', 'Join', 'b');

describe('ActionReporter', () => {
  test('prints the output of steps that run side by side one after the other, in groups', () => {
    reporter.emit({ type: 'run-start', command: 'up', hosts: ['a', 'b'], steps: [a, b] });
    reporter.emit({ type: 'step-start', step: a });
    reporter.emit({ type: 'step-start', step: b });
    reporter.emit({ type: 'step-log', step: a, line: 'one' });
    reporter.emit({ type: 'step-log', step: b, line: 'two' });
    reporter.emit({ type: 'step-log', step: a, line: 'three' });
    reporter.emit({ type: 'step-end', step: b, outcome: 'done', durationMs: 1_500 });
    reporter.emit({ type: 'step-end', step: a, outcome: 'unchanged', durationMs: 5, note: 'is a node' });
    expect(environment.log.trim().split('\n')).toEqual([
      'up: 2 steps on a, b',
      '▶ [a] Join',
      '▶ [b] Join',
      '::group::✓ [b] Join: done (1.5 s)',
      '[b] two',
      '::endgroup::',
      '::group::= [a] Join: unchanged, is a node (5 ms)',
      '[a] one',
      '[a] three',
      '::endgroup::',
    ]);
  });

  test('shows the output of a failed step open, and no skipped step at all', () => {
    reporter.emit({ type: 'step-log', step: a, line: 'boom' });
    const error = new BootstrapError('E_JOIN', 'refused');
    reporter.emit({ type: 'step-end', step: a, outcome: 'failed', durationMs: 5, error });
    reporter.emit({ type: 'step-end', step: b, outcome: 'skipped', durationMs: 0 });
    expect(environment.log).toBe('✗ [a] Join: failed (5 ms)\n[a] boom\n  E_JOIN: refused\n');
  });

  test('keeps the last lines of very long output', () => {
    for (let at = 0; at < 1_200; at += 1)
      reporter.emit({ type: 'step-log', step: a, line: `line ${String(at)}` });
    reporter.emit({ type: 'step-end', step: a, outcome: 'done', durationMs: 5 });
    expect(environment.log).not.toContain('[a] line 199\n');
    expect(environment.log).toContain('[a] line 200\n');
    expect(environment.log).toContain('[a] line 1199\n');
  });

  test('makes annotations of warnings, and log lines of checks and other findings', () => {
    reporter.emit({ type: 'warning', message: 'unpinned', host: 'a' });
    reporter.emit({ type: 'warning', message: 'general' });
    for (const finding of sampleReport().findings) reporter.emit({ type: 'finding', finding });
    for (const result of sampleReport().checks) reporter.emit({ type: 'check', result });
    expect(environment.log.trim().split('\n')).toEqual([
      '::warning title=k8s-bootstrap::[a] unpinned',
      '::warning title=k8s-bootstrap::general',
      '::warning title=k8s-bootstrap::[10.0.0.2] swap is on (fix: swapoff -a) [swap]',
      'preflight info: enough memory [ram]',
      '✓ nginx answers: 4 of 4 answered',
      '! DNS: no client pod; expected: a name resolves; fix: look at the client pod',
    ]);
  });

  test.each([
    '::set-output name=x::y',
    '  ::error::x',
    'a ##[error]x',
    'x\r::error::y',
    'x\n::add-mask::y',
    '\u001b]0;t\u0007\u001b[31mx',
    '::stop-commands::t',
    '\u2028::error::y',
  ])('lets no output become a command: %j', (line) => {
    const hostile = step('k', line, line);
    reporter.emit({ type: 'step-start', step: hostile });
    reporter.emit({ type: 'step-log', step: hostile, line });
    reporter.emit({ type: 'step-end', step: hostile, outcome: 'done', durationMs: 1, note: line });
    reporter.emit({ type: 'warning', message: line, host: line });
    reporter.emit({ type: 'finding', finding: { id: line, severity: 'info', message: line, host: line } });
    reporter.emit({ type: 'finding', finding: { id: line, severity: 'warning', message: line } });
    reporter.emit({ type: 'run-start', command: line, hosts: [line], steps: [] });
    const own = /^::(group::|endgroup::|warning title=k8s-bootstrap::)/;
    for (const printed of environment.log.split(/[\r\n\u2028]/).filter((text) => !own.test(text))) {
      expect(printed).not.toMatch(/^\s*::|##\[|\u001b/);
    }
    expect(environment.log).not.toContain('##[');
    expect(reporter.report).toBeUndefined();
  });
});

describe('bounded', () => {
  test('cuts at a line and says so', () => {
    expect(bounded('short')).toBe('short');
    const cut = bounded(`${'é'.repeat(40)}\n`.repeat(100), 1_000);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(1_000);
    expect(cut).toMatch(/é\n\n\*Cut: too long/);
    expect(cut).not.toContain('\ufffd');
  });
});
