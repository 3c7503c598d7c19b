import * as core from '@actions/core';
import { cancelOnSignals, type Cancellation } from '../frontend/cancellation.ts';
import { checkOutputDir, checkOutputFile } from '../frontend/output-path.ts';
import { writeReportFiles } from '../frontend/report-files.ts';
import { toBootstrapError, type BootstrapError } from '../lib/errors.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import { annotateError, annotateWarning } from './annotations.ts';
import type { ActionDependencies } from './dependencies.ts';
import { cacheOffered, DownloadCache } from './download-cache.ts';
import { checkCommandFiles, temporaryPath } from './environment.ts';
import { readInputs, type ActionInputs } from './inputs.ts';
import { setClusterOutputs, setOutcome, setRunOutputs } from './outputs.ts';
import { ActionReporter } from './reporter.ts';
import { saveState } from './state.ts';
import { writeSummary } from './summary.ts';

/** The main step: brings the cluster up and hands the results over. Never rejects; failure is the exit status. */
export async function run(dependencies: ActionDependencies): Promise<void> {
  const cancellation = cancelOnSignals(dependencies.signals, dependencies.graceMs);
  try {
    await bootstrap(dependencies, cancellation);
  } catch (thrown) {
    annotateError(toBootstrapError(thrown));
    // Not by setFailed, which would be one more annotation with less in it.
    process.exitCode = core.ExitCode.Failure;
  } finally {
    cancellation.dispose();
  }
}

/** A run that can start: everything the user gave is valid, everything it writes can be written. */
interface Prepared {
  readonly inputs: ActionInputs;
  readonly spec: ClusterSpec;
  readonly kubeconfigPath: string;
  readonly reportDir: string;
  readonly reporter: ActionReporter;
}

function prepare({ env, load }: ActionDependencies): Prepared {
  const inputs = readInputs(env);
  const spec = load(inputs.spec);
  const kubeconfig =
    inputs.kubeconfigPath === '' ? temporaryPath(env, `${spec.name}.kubeconfig`) : inputs.kubeconfigPath;
  const reportDir = inputs.reportPath === '' ? temporaryPath(env, `${spec.name}-report`) : inputs.reportPath;
  return {
    inputs,
    spec,
    kubeconfigPath: checkOutputFile(kubeconfig, 'kubeconfig'),
    reportDir: checkOutputDir(reportDir, 'report'),
    reporter: new ActionReporter(),
  };
}

async function bootstrap(dependencies: ActionDependencies, cancellation: Cancellation): Promise<void> {
  checkCommandFiles(dependencies.env);
  let prepared: Prepared;
  try {
    prepared = prepare(dependencies);
  } catch (thrown) {
    setOutcome('failure');
    throw thrown;
  }
  const { inputs, spec, kubeconfigPath, reporter, reportDir } = prepared;
  let changing = false;
  try {
    const up = dependencies.engine.up(spec, {
      events: reporter,
      signal: cancellation.signal,
      kubeconfigPath,
      ...(inputs.cache && cacheOffered(dependencies.env)
        ? { remoteCache: new DownloadCache(dependencies.cacheClient) }
        : {}),
      beforeFirstChange: () => {
        changing = true;
        saveState({ phase: 'changing' });
      },
    });
    const result = await cancellation.bounded(up);
    setClusterOutputs(result);
    setRunOutputs(result.report, writeReportFiles(result.report, reportDir));
    await writeSummary(result.report);
    saveState({ phase: 'success' });
  } catch (thrown) {
    const error = toBootstrapError(thrown);
    await afterFailure(error, { ...prepared, changing }, dependencies, cancellation);
    throw error;
  }
}

/** Tells what is known and cleans up as asked. Nothing in here may hide the error that led here. */
async function afterFailure(
  error: BootstrapError,
  { changing, ...prepared }: Prepared & { readonly changing: boolean },
  dependencies: ActionDependencies,
  cancellation: Cancellation,
): Promise<void> {
  const cancelled = cancellation.signal.aborted;
  try {
    if (changing) saveState({ phase: cancelled ? 'cancelled' : 'failure' });
    const outcome = cancelled ? 'cancelled' : 'failure';
    setOutcome(outcome);
    const { report } = prepared.reporter;
    if (report !== undefined) {
      setRunOutputs({ ...report, outcome }, writeReportFiles(report, prepared.reportDir));
      await writeSummary(report);
    }
    // A cancelled run has only seconds left; its reset is left to the post step.
    if (!changing || cancelled || prepared.inputs.onFailure !== 'reset') return;
    core.info(`${error.code}: taking the cluster off the hosts, since on-failure is reset`);
    const events = new ActionReporter();
    const down = dependencies.engine.down(prepared.spec, {
      events,
      signal: cancellation.signal,
      keep: 'nothing',
    });
    await cancellation.bounded(down);
    saveState({ phase: 'reset' });
  } catch (thrown) {
    const second = toBootstrapError(thrown);
    annotateWarning(`after the failure: ${second.code}: ${second.message}`, second.host);
  }
}
