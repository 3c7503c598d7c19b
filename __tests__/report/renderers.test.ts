import { describe, expect, test } from '@jest/globals';
import { formatDuration } from '../../src/report/duration.ts';
import { timeBar } from '../../src/report/bar.ts';
import { renderJson } from '../../src/report/json.ts';
import { outcomeLine } from '../../src/report/labels.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { escapeMarkdown } from '../../src/report/markdown-escape.ts';
import { probeGrid } from '../../src/report/probe-grid.ts';
import { errorText, renderText } from '../../src/report/text.ts';
import { first, sampleReport } from '../helpers/sample-report.ts';

const hostile = '<img src=x onerror=alert(1)>|`**[x](http://e.vil)\n# H @me www.e.vil \u202e\u001b[31m';

describe('formatDuration', () => {
  test.each([
    [0, '0 ms'],
    [850, '850 ms'],
    [3_210, '3.2 s'],
    [59_970, '1 min 00 s'],
    [125_000, '2 min 05 s'],
  ])('%d', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('timeBar', () => {
  const timing = (startMs: number, durationMs: number) => ({
    ...first(sampleReport().timings),
    startMs,
    durationMs,
  });
  test.each([
    [timing(0, 100), 100, '██████████'],
    [timing(50, 20), 100, '·····██···'],
    [timing(100, 0), 100, '·········█'],
    [timing(0, 0), 0, '··········'],
  ])('%#', (one, total, bar) => {
    expect(timeBar(one, total, 10)).toBe(bar);
  });
});

describe('probeGrid', () => {
  test('has a row for each source, a column for each target and a dot for what was not asked', () => {
    expect(probeGrid(sampleReport().checks[0]?.probes ?? [])).toEqual({
      columns: ['nginx-1', 'nginx-2'],
      rows: [
        { from: 'w1', cells: ['✓', '✓'] },
        { from: 'w2', cells: ['✗', '·'] },
      ],
    });
  });
});

describe('outcomeLine', () => {
  test.each([
    [{}, 'Cluster up: k8s-bootstrap, 3 of 3 nodes Ready'],
    [{ unchanged: true, nodes: [] }, 'Cluster up: k8s-bootstrap, nothing had to change'],
    [{ outcome: 'failure' as const }, 'Failed: up of k8s-bootstrap'],
    [{ outcome: 'cancelled' as const, command: 'down' as const }, 'Cancelled: down of k8s-bootstrap'],
  ])('%j', (overrides, line) => {
    expect(outcomeLine(sampleReport(overrides))).toBe(line);
  });
});

describe('renderJson', () => {
  test('gives the report back', () => {
    expect(JSON.parse(renderJson(sampleReport()))).toEqual(sampleReport());
  });
});

describe('renderMarkdown', () => {
  test('shows nodes, pods, checks with their grid, findings and timings', () => {
    const text = renderMarkdown(sampleReport());
    expect(text).toContain('## ✅ Cluster up');
    expect(text).toContain('| cp | control-plane | Ready | 1.36.3 |');
    expect(text).toContain('v/nginx-1');
    expect(text).toContain('| w2 | ✗ | · |');
    expect(text).toContain('swap is on');
    expect(text).toContain('Initialise the control plane');
    expect(text).not.toContain('Never ran');
  });

  test('shows the error, its place and the fix, line by line', () => {
    const error = { code: 'E_JOIN', message: 'one\ntwo', host: 'h', step: 's', where: 'f:1', hint: 'do it' };
    const text = renderMarkdown(sampleReport({ outcome: 'failure', error, nodes: [], pods: [], checks: [] }));
    expect(text).toContain(
      '> **E&#95;JOIN**\n> one\n> two\n>\n> host h, step s, at f&#58;1\n>\n> **Fix:** do it',
    );
    expect(
      renderMarkdown(sampleReport({ error: { code: 'E_CNI', message: 'x' }, timings: [], findings: [] })),
    ).toMatch(/> \*\*E&#95;CNI\*\*\n> x\n\n/);
  });

  test('lets no text of a host become markup', () => {
    const base = sampleReport();
    const text = renderMarkdown(
      sampleReport({
        nodes: base.nodes.map((node) => ({ ...node, name: hostile, osImage: hostile })),
        pods: base.pods.map((pod) => ({ ...pod, name: hostile, node: hostile })),
        checks: base.checks.map((check) => ({
          ...check,
          title: hostile,
          observed: hostile,
          probes: [{ from: hostile, to: hostile, status: 'fail', detail: hostile }],
        })),
        findings: base.findings.map((finding) => ({ ...finding, message: hostile })),
        error: { code: 'E_INIT', message: hostile, hint: hostile, host: hostile },
      }),
    );
    expect(text).not.toContain('<img');
    expect(text).not.toContain('](');
    expect(text).not.toMatch(/^# H/m);
    expect(text).not.toMatch(/https?:|www\.|@me|\u202e|\u001b/);
  });
});

describe('escapeMarkdown', () => {
  test.each([
    ['- item', '&#45; item'],
    ['12. item', '12&#46; item'],
    ['a-b.c/d', 'a-b.c/d'],
    ['a|b', 'a&#124;b'],
    ['&amp;', '&#38;amp&#59;'],
  ])('%s', (text, escaped) => {
    expect(escapeMarkdown(text)).toBe(escaped);
  });
});

describe('renderText', () => {
  test('aligns nodes, pods, checks and timings and marks the critical path', () => {
    const text = renderText(sampleReport());
    expect(text).toMatch(/^NODE +STATUS +ROLE +VERSION/);
    expect(text).toMatch(/^w1 +Ready +worker +v1\.36\.3/m);
    expect(text).toMatch(/^nginx-2 +Running, not ready +w2/m);
    expect(text).toContain(
      '! DNS: no client pod\n    expected: a name resolves\n    fix: look at the client pod',
    );
    expect(text).toMatch(/^\* +✓ Initialise the control plane +11\.0 s +██/m);
    expect(text).toMatch(/^ +(= )?.*Join/m);
    expect(text.trimEnd()).toMatch(/3 of 3 nodes Ready \(1 min 01 s\)$/);
  });

  test('leaves out what there is none of', () => {
    const text = renderText(sampleReport({ nodes: [], pods: [], checks: [], timings: [] }));
    expect(text).toBe('Cluster up: k8s-bootstrap (1 min 01 s)\n');
  });

  test('prints host text without escapes', () => {
    const node = first(sampleReport().nodes);
    expect(renderText(sampleReport({ nodes: [{ ...node, name: 'a\u001b[2Jb\nc' }] }))).toMatch(
      /^ab c +Ready/m,
    );
  });
});

describe('errorText', () => {
  test('names code, host, place and fix', () => {
    const error = {
      code: 'E_AUTH',
      message: 'refused\n - h: no',
      host: 'h',
      step: 's',
      where: 'f:1',
      hint: 'ask',
    };
    expect(errorText(error)).toBe('error E_AUTH h: refused\n   - h: no\n  at f:1\n  fix: ask');
    expect(errorText({ code: 'E_INIT', message: 'no', step: 'init' })).toBe('error E_INIT init: no');
    expect(errorText({ code: 'E_USAGE', message: 'no' })).toBe('error E_USAGE: no');
  });
});
