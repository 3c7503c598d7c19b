import type { Report, ReportError } from '../report/model.ts';
import type { BootstrapError } from '../lib/errors.ts';
import type { Cluster } from './cluster.ts';
import { criticalPath } from './critical-path.ts';
import type { ScheduleResult } from './scheduler.ts';

export interface ReportOptions {
  readonly cluster: Cluster;
  readonly command: Report['command'];
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly result: ScheduleResult;
}

/** What the run amounts to. */
export function buildReport({ cluster, command, startedAt, result }: ReportOptions): Report {
  const { spec } = cluster;
  const { error, timings } = result;
  return {
    schemaVersion: 1,
    command,
    outcome: error === undefined ? 'success' : error.code === 'E_CANCELLED' ? 'cancelled' : 'failure',
    unchanged: error === undefined && !cluster.changing,
    startedAt: new Date(startedAt).toISOString(),
    durationMs: cluster.clock.now() - startedAt,
    cluster: {
      name: spec.name,
      provider: spec.provider,
      kubernetesVersion: cluster.kubernetesVersion,
      cni: cluster.cni.name,
      cniVersion: cluster.cniVersion,
      podCIDR: spec.cni.podCIDR,
      serviceCIDR: spec.kubernetes.serviceCIDR,
      controlPlaneEndpoint: `https://${cluster.clientEndpoint}`,
    },
    nodes: cluster.nodes,
    pods: cluster.pods,
    checks: cluster.checks,
    findings: cluster.findings,
    timings,
    criticalPath: criticalPath(timings),
    ...(error === undefined ? {} : { error: toReportError(error) }),
  };
}

function toReportError({ code, message, host, step, where, hint, errors }: BootstrapError): ReportError {
  return {
    code,
    message,
    ...(host === undefined ? {} : { host }),
    ...(step === undefined ? {} : { step }),
    ...(where === undefined ? {} : { where }),
    ...(hint === undefined ? {} : { hint }),
    ...(errors.length === 0 ? {} : { errors: errors.map(toReportError) }),
  };
}
