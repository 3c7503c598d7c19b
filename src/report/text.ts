import { sanitizeLine } from '../lib/sanitize.ts';
import { timeBar, totalDuration } from './bar.ts';
import { formatDuration } from './duration.ts';
import { checkMarks, outcomeLine, shownTimings, stepMarks } from './labels.ts';
import type { NodeSummary, PodPlacement, Report } from './model.ts';
import { textTable } from './text-table.ts';

const BAR_WIDTH = 30;

/** Everything a person at a terminal wants to see at the end of a run. */
export function renderText(report: Report): string {
  const parts = [
    report.nodes.length === 0 ? '' : nodesTable(report.nodes),
    report.pods.length === 0 ? '' : podsTable(report.pods),
    checksList(report),
    timingsTable(report),
    `${sanitizeLine(outcomeLine(report))} (${formatDuration(report.durationMs)})`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** The nodes, as `kubectl get nodes -o wide` would show them. */
export function nodesTable(nodes: readonly NodeSummary[]): string {
  return textTable(
    ['NODE', 'STATUS', 'ROLE', 'VERSION', 'INTERNAL-IP', 'POD-CIDR', 'OS', 'RUNTIME'],
    nodes.map((node) => [
      node.name,
      node.ready ? 'Ready' : 'NotReady',
      node.role,
      `v${node.kubeletVersion}`,
      node.internalIPs.join(','),
      node.podCIDRs.join(','),
      node.osImage,
      node.containerRuntime,
    ]),
  );
}

/** Which pod runs on which node. */
export function podsTable(pods: readonly PodPlacement[]): string {
  return textTable(
    ['POD', 'STATUS', 'NODE', 'IP'],
    pods.map((pod) => [
      pod.name,
      pod.ready ? pod.phase : `${pod.phase}, not ready`,
      pod.node,
      pod.ips.join(','),
    ]),
  );
}

/** Checks with what was seen; those that did not pass also say what was expected and what to do. */
export function checksList(report: Report): string {
  return report.checks
    .flatMap((check) => [
      `${checkMarks[check.status]} ${check.title}: ${check.observed}`,
      ...(check.status === 'fail' || check.status === 'error' ? [`    expected: ${check.expected}`] : []),
      ...(check.hint === undefined ? [] : [`    fix: ${check.hint}`]),
    ])
    .map(sanitizeIndented)
    .join('\n');
}

/** When each step ran and how long; `*` marks the critical path. */
export function timingsTable(report: Report): string {
  const shown = shownTimings(report);
  if (shown.length === 0) return '';
  const total = totalDuration(shown);
  const table = textTable(
    ['', 'STEP', 'HOST', 'TIME', 'WHEN'],
    shown.map((timing) => [
      report.criticalPath.includes(timing.key) ? '*' : ' ',
      `${stepMarks[timing.outcome]} ${timing.title}`,
      timing.host ?? '',
      formatDuration(timing.durationMs),
      timeBar(timing, total, BAR_WIDTH),
    ]),
  );
  return `${table}\n* critical path: the longest chain of steps that waited for each other`;
}

/** An error as a report or a BootstrapError has it. */
export interface ErrorLike {
  readonly code: string;
  readonly message: string;
  readonly host?: string | undefined;
  readonly step?: string | undefined;
  readonly where?: string | undefined;
  readonly hint?: string | undefined;
}

/** An error in the form `error CODE host: message`, then where it is and how to fix it. */
export function errorText(error: ErrorLike): string {
  const place = error.host ?? error.step;
  const [first = '', ...rest] = error.message.split('\n').map(sanitizeIndented);
  const head = `error ${error.code}${place === undefined ? '' : ` ${sanitizeLine(place)}`}`;
  return [
    `${head}: ${first}`,
    ...rest.map((line) => `  ${line}`),
    ...(error.where === undefined ? [] : [`  at ${sanitizeLine(error.where)}`]),
    ...(error.hint === undefined ? [] : [`  fix: ${sanitizeLine(error.hint)}`]),
  ].join('\n');
}

function sanitizeIndented(line: string): string {
  const indent = /^ */.exec(line)?.[0] ?? '';
  return indent + sanitizeLine(line.slice(indent.length));
}
