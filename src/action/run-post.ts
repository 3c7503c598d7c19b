import * as core from '@actions/core';
import type { DownOptions } from '../engine/api.ts';
import { cancelOnSignals, type Cancellation } from '../frontend/cancellation.ts';
import { toBootstrapError } from '../lib/errors.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import { annotateWarning } from './annotations.ts';
import type { ActionDependencies } from './dependencies.ts';
import { keepDownloads } from './download-cache.ts';
import { readInputs, type ActionInputs } from './inputs.ts';
import { ActionReporter } from './reporter.ts';
import { readDownloads, readState, type RunPhase } from './state.ts';

/**
 * The post step: takes the cluster off the hosts, if the inputs say so for the way the main step ended, else what a
 * cancelled one left open, and then puts new downloads into the job's cache. Trouble here is a warning, since the job's
 * result is that of its other steps.
 */
export async function runPost(dependencies: ActionDependencies): Promise<void> {
  const cancellation = cancelOnSignals(dependencies.signals, dependencies.graceMs);
  const { phase } = readState();
  try {
    await cleanUp(phase, dependencies, cancellation);
  } catch (thrown) {
    const error = toBootstrapError(thrown);
    const hint = error.hint === undefined ? '' : ` (fix: ${error.hint})`;
    annotateWarning(`cleaning up failed: ${error.code}: ${error.message}${hint}`, error.host);
  }
  // Whoever cancels a job wants it to end.
  if (phase !== 'cancelled' && phase !== 'changing' && !cancellation.signal.aborted)
    await keepDownloads(readDownloads, dependencies.cacheClient, cancellation.signal);
  cancellation.dispose();
}

async function cleanUp(
  phase: RunPhase,
  { engine, env, load }: ActionDependencies,
  cancellation: Cancellation,
): Promise<void> {
  if (phase === '') {
    core.info('nothing was changed, nothing to clean up');
    return;
  }
  const inputs = readInputs(env);
  const keep = whatToKeep(phase, inputs, () => load(inputs.spec).provider);
  const context = { events: new ActionReporter(), signal: cancellation.signal };
  if (keep !== 'everything') {
    await cancellation.bounded(engine.down(load(inputs.spec), { ...context, keep }));
    core.info('the cluster was taken off the hosts');
    return;
  }
  core.info('the hosts are left as they are');
  // The main step may have had no time to, or none at all.
  if (phase === 'changing' || phase === 'cancelled')
    await cancellation.bounded(engine.revoke(load(inputs.spec), context));
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
