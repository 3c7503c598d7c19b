import { describe, expect, test } from '@jest/globals';
import { renderJUnit } from '../../src/report/junit.ts';
import { first, sampleReport } from '../helpers/sample-report.ts';

describe('renderJUnit', () => {
  test('counts per suite and altogether', () => {
    const xml = renderJUnit(sampleReport());
    expect(xml).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites name="k8s-bootstrap" tests="8" failures="0" errors="1" skipped="2" time="61.000">/,
    );
    expect(xml).toContain(
      '<testsuite name="checks" tests="2" failures="0" errors="1" skipped="0" time="1.205"',
    );
    expect(xml).not.toContain('disabled');
  });

  test('says what was measured, and keeps flavours of clusters apart by class', () => {
    const xml = renderJUnit(sampleReport());
    expect(xml).toContain('<property name="cniVersion" value="0.28.9"/>');
    expect(xml).toContain('<property name="kernel" value="6.1.0"/>');
    expect(xml).toContain('classname="k8s-bootstrap.checks.flannel-0.28.9.k8s-1.36.3"');
  });

  test('tells wrong behaviour from what could not be measured', () => {
    const nginx = first(sampleReport().checks);
    const xml = renderJUnit(
      sampleReport({
        checks: [
          { ...nginx, status: 'fail' },
          { ...nginx, status: 'skipped' },
        ],
      }),
    );
    expect(xml).toContain(
      '<failure message="4 of 4 answered" type="failure">expected: an answer from every pod',
    );
    expect(xml).toContain('w2 -&gt; nginx-1: fail: refused');
    expect(xml).toContain('<skipped message="4 of 4 answered"/>');
    expect(renderJUnit(sampleReport())).toContain('<error message="no client pod" type="error">');
  });

  test('a failed step is a failure; a run that failed elsewhere has a failed case all the same', () => {
    const error = { code: 'E_JOIN', message: 'refused', hint: 'retry' };
    const timing = first(sampleReport().timings);
    const failed = renderJUnit(sampleReport({ error, timings: [{ ...timing, outcome: 'failed' }] }));
    expect(failed).toContain('<failure message="E_JOIN: refused" type="failure">retry</failure>');
    const elsewhere = renderJUnit(sampleReport({ error, timings: [], checks: [], findings: [] }));
    expect(elsewhere).toContain('tests="1" failures="0" errors="1"');
    expect(elsewhere).toContain('<error message="E_JOIN: refused" type="error">refused\nretry</error>');
  });

  test('each step has its own error where several failed', () => {
    const single = (host: string) => ({ code: 'E_JOIN', message: `refused by ${host}`, step: 'join', host });
    const timing = (host: string) =>
      ({ ...first(sampleReport().timings), id: 'join', title: 'join', host, outcome: 'failed' }) as const;
    const error = { code: 'E_JOIN', message: '2 failures', errors: [single('a'), single('b')] };
    const xml = renderJUnit(sampleReport({ error, timings: [timing('a'), timing('b')] }));
    expect(xml).toMatch(/name="join \[a\]"[^>]*><failure message="E_JOIN: refused by a"/);
    expect(xml).toMatch(/name="join \[b\]"[^>]*><failure message="E_JOIN: refused by b"/);
  });

  test('preflight errors are failures', () => {
    const xml = renderJUnit(
      sampleReport({ findings: [{ id: 'ports', severity: 'error', host: 'h', message: 'busy' }] }),
    );
    expect(xml).toContain('name="ports [h]" time="0.000"><failure message="busy"');
  });

  test('stays well-formed whatever hosts print', () => {
    const nginx = first(sampleReport().checks);
    const observed = '<a>&"\u0000\u001b\ud800]]>\n';
    const xml = renderJUnit(sampleReport({ checks: [{ ...nginx, status: 'fail', observed }] }));
    expect(xml).toContain('message="&lt;a&gt;&amp;&quot;\uFFFD\uFFFD\uFFFD]]&gt;&#10;"');
    expect(xml).not.toMatch(/[\u0000\u001b]/);
  });
});
