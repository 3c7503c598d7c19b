import * as core from '@actions/core';
import type { DownOptions } from '../engine/api.ts';
import { cancelOnSignals } from '../frontend/cancellation.ts';
import { toBootstrapError } from '../lib/errors.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import { annotateWarning } from './annotations.ts';
import type { ActionDependencies } from './dependencies.ts';
import { readInputs, type ActionInputs } from './inputs.ts';
import { ActionReporter } from './reporter.ts';
import { readState, type RunPhase } from './state.ts';

/**
 * The post step: takes the cluster off the hosts, if the inputs say so for the way the main step ended. Trouble here is
 * a warning, since the job's result is that of its other steps.
 */
export async function runPost(dependencies: ActionDependencies): Promise<void> {
  const cancellation = cancelOnSignals(dependencies.signals, dependencies.graceMs);
  try {
    const { phase } = readState();
    if (phase === '') {
      core.info('nothing was changed, nothing to clean up');
      return;
    }
    const inputs = readInputs(dependencies.env);
    const keep = whatToKeep(phase, inputs, () => dependencies.load(inputs.spec).provider);
    if (keep === 'everything') {
      core.info('the hosts are left as they are');
      return;
    }
    const spec = dependencies.load(inputs.spec);
    const events = new ActionReporter();
    await cancellation.bounded(dependencies.engine.down(spec, { events, signal: cancellation.signal, keep }));
    core.info('the cluster was taken off the hosts');
  } catch (thrown) {
    const error = toBootstrapError(thrown);
    const hint = error.hint === undefined ? '' : ` (fix: ${error.hint})`;
    annotateWarning(`cleaning up failed: ${error.code}: ${error.message}${hint}`, error.host);
  } finally {
    cancellation.dispose();
  }
}

function whatToKeep(
  phase: Exclude<RunPhase, ''>,
  inputs: ActionInputs,
  providerOf: () => ClusterSpec['provider'],
): DownOptions['keep'] | 'everything' {
  switch (phase) {
    case 'success':
      if (inputs.cleanup === 'reset') return 'nothing';
      return inputs.cleanup === 'reset-keep-artifacts' ? 'artifacts' : 'everything';
    case 'failure':
      return inputs.onFailure === 'reset' ? 'nothing' : 'everything';
    // `changing` means that the main step was killed before it could say how it ended.
    case 'changing':
    case 'cancelled':
      // A half-made kind cluster is of no use to anybody; on machines the next run goes on where this one stopped.
      return (inputs.onCancel ?? (providerOf() === 'kind' ? 'reset' : 'keep')) === 'reset'
        ? 'nothing'
        : 'everything';
    case 'reset':
      return 'everything';
  }
}
