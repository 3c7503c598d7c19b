import * as core from '@actions/core';
import type { UpResult } from '../engine/api.ts';
import type { Report } from '../report/model.ts';

/** Sets the outputs that describe a cluster that is up, and `KUBECONFIG` for the steps that follow. */
export function setClusterOutputs({ report, kubeconfigPath }: UpResult): void {
  const { cluster, nodes, pods } = report;
  core.setOutput('kubeconfig', kubeconfigPath);
  core.setOutput('nodes', nodes);
  core.setOutput('node-count', nodes.length);
  core.setOutput('kubernetes-version', cluster.kubernetesVersion);
  core.setOutput('cni', cluster.cni);
  core.setOutput('cni-version', cluster.cniVersion);
  core.setOutput('control-plane-endpoint', cluster.controlPlaneEndpoint);
  core.setOutput('pods', Object.fromEntries(pods.map((pod) => [pod.name, pod.node])));
  core.exportVariable('KUBECONFIG', kubeconfigPath);
}

/** For a run that ended before the engine could report. */
export function setOutcome(outcome: Report['outcome']): void {
  core.setOutput('outcome', outcome);
}

/** Sets the outputs that every run has, also one that failed. */
export function setRunOutputs(report: Report, reportPath: string): void {
  const steps = report.timings.map(({ key, outcome, startMs, durationMs }) => ({
    key,
    outcome,
    startMs,
    durationMs,
  }));
  core.setOutput('outcome', report.outcome);
  core.setOutput('unchanged', report.unchanged);
  core.setOutput('timings', { totalMs: report.durationMs, criticalPath: report.criticalPath, steps });
  core.setOutput('report', reportPath);
}
