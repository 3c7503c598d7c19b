import * as core from '@actions/core';
import type { UpResult } from '../engine/api.ts';
import { cancelOnSignals, type Cancellation } from '../frontend/cancellation.ts';
import { checkOutputDir, checkOutputFile } from '../frontend/output-path.ts';
import { writeReportFiles } from '../frontend/report-files.ts';
import { toBootstrapError, type BootstrapError } from '../lib/errors.ts';
import { sanitizeText } from '../lib/sanitize.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import { annotateError, annotateWarning } from './annotations.ts';
import type { ActionDependencies } from './dependencies.ts';
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
    const error = toBootstrapError(thrown);
    annotateError(error);
    core.setFailed(`${error.code}: ${sanitizeText(error.message)}`);
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
  checkCommandFiles(env);
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
  const prepared = prepare(dependencies);
  const { spec, kubeconfigPath, reporter } = prepared;
  let changing = false;
  let result: UpResult;
  try {
    const up = dependencies.engine.up(spec, {
      events: reporter,
      signal: cancellation.signal,
      kubeconfigPath,
      beforeFirstChange: () => {
        changing = true;
        saveState({ phase: 'changing' });
      },
    });
    result = await cancellation.bounded(up);
  } catch (thrown) {
    const error = toBootstrapError(thrown);
    await afterFailure(error, { ...prepared, changing }, dependencies, cancellation);
    throw error;
  }
  saveState({ phase: 'success' });
  setClusterOutputs(result);
  setRunOutputs(result.report, writeReportFiles(result.report, prepared.reportDir));
  await writeSummary(result.report);
}

/** Tells what is known and cleans up as asked. Nothing in here may hide the error that led here. */
async function afterFailure(
  error: BootstrapError,
  { changing, ...prepared }: Prepared & { readonly changing: boolean },
  dependencies: ActionDependencies,
  cancellation: Cancellation,
): Promise<void> {
  const cancelled = cancellation.signal.aborted;
  if (changing) saveState({ phase: cancelled ? 'cancelled' : 'failure' });
  try {
    const { report } = prepared.reporter;
    if (report === undefined) setOutcome(cancelled ? 'cancelled' : 'failure');
    else {
      setRunOutputs(report, writeReportFiles(report, prepared.reportDir));
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
