import type { EngineEvent } from '../engine/events.ts';
import { cancelOnSignals } from '../frontend/cancellation.ts';
import { version } from '../frontend/version.ts';
import { toBootstrapError } from '../lib/errors.ts';
import type { Report } from '../report/model.ts';
import { errorText } from '../report/text.ts';
import { readArgs, type ParsedArgs } from './args.ts';
import type { ClusterCommand } from './commands.ts';
import type { CliDependencies } from './dependencies.ts';
import { execute, keepOf, outputPaths, saveReport, type OutputPaths } from './execute.ts';
import { helpText } from './help.ts';
import { LiveProgress } from './live-progress.ts';
import { printMatrix } from './matrix.ts';
import { jsonProgress, plainProgress, silentProgress, type Progress } from './progress.ts';
import { specFromArgs } from './spec-from-args.ts';
import { painter } from './terminal.ts';

/** How long a cancelled run may take to end by itself. */
const GRACE_MS = 6_000;

/** Runs a command line. Never rejects; the answer is the exit status. */
export async function run(argv: readonly string[], dependencies: CliDependencies): Promise<number> {
  try {
    const args = readArgs(argv);
    if (args.version) dependencies.stdout.write(`${version}\n`);
    else if (args.help || args.command === undefined) dependencies.stdout.write(helpText(args.command));
    else if (args.command === 'matrix') printMatrix(args, dependencies);
    else await runCommand(args.command, args, dependencies);
    return 0;
  } catch (thrown) {
    const error = toBootstrapError(thrown);
    for (const single of error.singles) dependencies.stderr.write(`${errorText(single)}\n`);
    return error.exitCode;
  }
}

async function runCommand(
  command: ClusterCommand,
  args: ParsedArgs,
  dependencies: CliDependencies,
): Promise<void> {
  const { engine, stdout } = dependencies;
  keepOf(args);
  const spec = specFromArgs(args, dependencies);
  const paths = outputPaths(command, args, spec);
  const json = args.switches.has('json');
  const progress = progressFor(command, args, dependencies);
  const cancellation = cancelOnSignals(dependencies.signals, GRACE_MS);
  let report: Report | undefined;
  const events = {
    emit: (event: EngineEvent): void => {
      if (event.type === 'run-end') report = event.report;
      progress.emit(event);
    },
  };
  try {
    const context = { events, signal: cancellation.signal };
    const answer = await cancellation.bounded(execute(engine, command, spec, args, paths, context));
    progress.stop();
    saveReport(report, paths);
    stdout.write(json ? `${JSON.stringify(answer.json)}\n` : answer.text);
  } catch (thrown) {
    progress.stop();
    if (json && report !== undefined) stdout.write(`${JSON.stringify(report)}\n`);
    saveReportIfPossible(report, paths);
    throw thrown;
  } finally {
    cancellation.dispose();
  }
}

/** After a failure: what cannot be written now may not hide the error that led here. */
function saveReportIfPossible(report: Report | undefined, paths: OutputPaths): void {
  try {
    saveReport(report, paths);
  } catch {
    return;
  }
}

function progressFor(
  command: ClusterCommand,
  args: ParsedArgs,
  { env, stdout, stderr }: CliDependencies,
): Progress {
  if (args.switches.has('json')) return command === 'nodes' ? silentProgress : jsonProgress(stdout);
  if (args.switches.has('quiet')) return silentProgress;
  const terminal = stderr.isTTY === true && env['TERM'] !== 'dumb';
  const noColor = args.switches.has('no-color') || (env['NO_COLOR'] ?? '') !== '';
  const paint = painter(terminal && !noColor);
  return terminal ? new LiveProgress(stderr, paint) : plainProgress(stderr, paint);
}
