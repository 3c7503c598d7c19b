import { timeBar, totalDuration } from './bar.ts';
import { formatDuration } from './duration.ts';
import { checkMarks, outcomeLine, shownTimings, stepMarks } from './labels.ts';
import { escapeMarkdown, markdownTable } from './markdown-escape.ts';
import type { CheckResult, Report } from './model.ts';
import { probeGrid } from './probe-grid.ts';

const BAR_WIDTH = 24;

/** The report as Markdown, safe to show on GitHub whatever hosts and pods call themselves. */
export function renderMarkdown(report: Report): string {
  const sections = [
    heading(report),
    error(report),
    nodes(report),
    pods(report),
    checks(report),
    findings(report),
  ];
  return `${[...sections, timings(report)].filter((section) => section !== '').join('\n\n')}\n`;
}

function heading(report: Report): string {
  const { kubernetesVersion, provider, cni, cniVersion } = report.cluster;
  const facts = [
    kubernetesVersion === '' ? '' : `Kubernetes ${kubernetesVersion}`,
    `${cni} ${cniVersion}`.trim(),
    provider,
    formatDuration(report.durationMs),
  ];
  const mark = report.outcome === 'success' ? '✅' : '❌';
  const line = facts.filter((fact) => fact !== '').map(escapeMarkdown);
  return `## ${mark} ${escapeMarkdown(outcomeLine(report))}\n\n${line.join(' · ')}`;
}

function error({ error: failure }: Report): string {
  if (failure === undefined) return '';
  const lines = failure.message.split('\n').map((line) => `> ${escapeMarkdown(line)}`);
  const place = [
    ...(failure.host === undefined ? [] : [`host ${failure.host}`]),
    ...(failure.step === undefined ? [] : [`step ${failure.step}`]),
    ...(failure.where === undefined ? [] : [`at ${failure.where}`]),
  ];
  if (place.length > 0) lines.push('>', `> ${escapeMarkdown(place.join(', '))}`);
  if (failure.hint !== undefined) lines.push('>', `> **Fix:** ${escapeMarkdown(failure.hint)}`);
  return `> **${escapeMarkdown(failure.code)}**\n${lines.join('\n')}`;
}

function nodes(report: Report): string {
  if (report.nodes.length === 0) return '';
  const rows = report.nodes.map((node) => [
    node.name,
    node.role,
    node.ready ? 'Ready' : 'NotReady',
    node.kubeletVersion,
    node.internalIPs.join(', '),
    node.podCIDRs.join(', '),
    node.osImage,
    node.containerRuntime,
  ]);
  const header = ['Node', 'Role', 'Status', 'Version', 'Internal IP', 'Pod CIDR', 'OS', 'Runtime'];
  return `### Nodes\n\n${markdownTable(header, rows)}`;
}

function pods(report: Report): string {
  if (report.pods.length === 0) return '';
  const rows = report.pods.map((pod) => [
    `${pod.namespace}/${pod.name}`,
    pod.node,
    pod.ips.join(', '),
    pod.ready ? pod.phase : `${pod.phase}, not ready`,
  ]);
  return `### Pods\n\n${markdownTable(['Pod', 'Node', 'IP', 'Status'], rows)}`;
}

function checks(report: Report): string {
  if (report.checks.length === 0) return '';
  const rows = report.checks.map((check) => [
    `${checkMarks[check.status]} ${check.title}`,
    check.expected,
    check.observed,
    formatDuration(check.durationMs),
  ]);
  const table = markdownTable(['Check', 'Expected', 'Observed', 'Time'], rows);
  return [`### Checks\n\n${table}`, ...report.checks.flatMap(probes)].join('\n\n');
}

function probes(check: CheckResult): string[] {
  if (check.probes === undefined || check.probes.length === 0) return [];
  const grid = probeGrid(check.probes);
  const table = markdownTable(
    ['from \\ to', ...grid.columns],
    grid.rows.map((row) => [row.from, ...row.cells]),
  );
  return [
    `<details><summary>${escapeMarkdown(check.title)}: every probe</summary>\n\n${table}\n\n</details>`,
  ];
}

function findings(report: Report): string {
  if (report.findings.length === 0) return '';
  const rows = report.findings.map((finding) => [
    finding.severity,
    finding.host ?? '',
    finding.message,
    finding.hint ?? '',
    finding.id,
  ]);
  const table = markdownTable(['Severity', 'Host', 'Finding', 'Fix', 'Id'], rows);
  return `<details><summary>Preflight: ${String(rows.length)} findings</summary>\n\n${table}\n\n</details>`;
}

function timings(report: Report): string {
  const shown = shownTimings(report);
  if (shown.length === 0) return '';
  const total = totalDuration(shown);
  const rows = shown.map((timing) => [
    `${stepMarks[timing.outcome]} ${timing.title}`,
    timing.host ?? '',
    formatDuration(timing.durationMs),
    timeBar(timing, total, BAR_WIDTH),
    report.criticalPath.includes(timing.key) ? '●' : '',
  ]);
  const table = markdownTable(['Step', 'Host', 'Time', 'When', 'Critical path'], rows);
  return `### Timings\n\n${table}\n\n● on the critical path: the longest chain of steps that waited for each other.`;
}
