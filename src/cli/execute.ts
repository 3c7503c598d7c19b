import type { Engine, Plan, RunContext } from '../engine/api.ts';
import { checkOutputDir, checkOutputFile } from '../frontend/output-path.ts';
import { writeReportFiles } from '../frontend/report-files.ts';
import { BootstrapError } from '../lib/errors.ts';
import { sanitizeLine } from '../lib/sanitize.ts';
import type { Report } from '../report/model.ts';
import { nodesTable, renderText } from '../report/text.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import type { ParsedArgs } from './args.ts';
import type { ClusterCommand } from './commands.ts';

/** What a command has to say on standard output. */
export interface Answer {
  readonly text: string;
  /** Last line with `--json`. */
  readonly json: unknown;
}

/** Where a command writes; checked before the engine starts. */
export interface OutputPaths {
  readonly kubeconfig: string;
  readonly reportDir: string | undefined;
}

/**
 * Finds out where a command will write, and whether it can.
 *
 * @throws BootstrapError `E_OUTPUT`
 */
export function outputPaths(command: ClusterCommand, args: ParsedArgs, spec: ClusterSpec): OutputPaths {
  const dir = args.values['report-dir']?.[0];
  const kubeconfig = args.values['kubeconfig']?.[0] ?? `${spec.name}.kubeconfig`;
  const writes = command === 'up' || command === 'kubeconfig';
  return {
    kubeconfig: writes ? checkOutputFile(kubeconfig, 'kubeconfig') : '',
    reportDir: dir === undefined ? undefined : checkOutputDir(dir, 'report'),
  };
}

/** What `--keep` says. */
export function keepOf(args: ParsedArgs): 'nothing' | 'artifacts' {
  const keep = args.values['keep']?.[0] ?? 'nothing';
  if (keep === 'nothing' || keep === 'artifacts') return keep;
  throw new BootstrapError('E_USAGE', '--keep must be nothing or artifacts', { where: '--keep' });
}

/** Lets the engine do what the command says. */
export async function execute(
  engine: Engine,
  command: ClusterCommand,
  spec: ClusterSpec,
  args: ParsedArgs,
  paths: OutputPaths,
  context: RunContext,
): Promise<Answer> {
  switch (command) {
    case 'up': {
      const { report, kubeconfigPath } = await engine.up(spec, {
        ...context,
        kubeconfigPath: paths.kubeconfig,
      });
      return { text: `${renderText(report)}kubeconfig: ${kubeconfigPath}\n`, json: report };
    }
    case 'down':
      return reported(await engine.down(spec, { ...context, keep: keepOf(args) }));
    case 'verify':
      return reported(await engine.verify(spec, context));
    case 'plan': {
      const plan = await engine.plan(spec, context);
      return { text: planText(plan), json: plan };
    }
    case 'nodes': {
      const { nodes } = await engine.nodes(spec, context);
      return { text: `${nodesTable(nodes)}\n`, json: nodes };
    }
    case 'kubeconfig':
      await engine.kubeconfig(spec, { ...context, kubeconfigPath: paths.kubeconfig });
      return { text: `kubeconfig: ${paths.kubeconfig}\n`, json: { kubeconfig: paths.kubeconfig } };
  }
}

/** Writes the report's files, where a directory for them was named. */
export function saveReport(report: Report | undefined, { reportDir }: OutputPaths): void {
  if (report !== undefined && reportDir !== undefined) writeReportFiles(report, reportDir);
}

function reported(report: Report): Answer {
  return { text: renderText(report), json: report };
}

function planText({ steps }: Plan): string {
  const lines = steps.flatMap(({ title, host, actions }) => [
    sanitizeLine(host === undefined ? title : `[${host}] ${title}`),
    ...actions.map((action) => `    ${sanitizeLine(action)}`),
  ]);
  return `${lines.join('\n')}\n`;
}
