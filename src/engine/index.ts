import { systemClock } from '../lib/clock.ts';
import type { Report } from '../report/model.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import { providerNamed } from '../providers/index.ts';
import type { Engine, Plan, RunContext } from './api.ts';
import { bootstrapSteps, kubeconfigSteps, nodesSteps, planSteps, verifySteps } from './bootstrap.ts';
import { buildGraph } from './graph.ts';
import { execute, type ExecuteOptions } from './execute.ts';
import { look } from './steps/connect.ts';
import { resetSteps } from './steps/reset.ts';

/** The engine on real hosts; tests bring their own way to connect. */
export function createEngine(options: Partial<Pick<ExecuteOptions, 'connect' | 'clock'>> = {}): Engine {
  const run = (
    spec: ClusterSpec,
    context: RunContext,
    rest: Pick<ExecuteOptions, 'command' | 'steps'> & Partial<ExecuteOptions>,
  ) =>
    execute(spec, {
      clock: systemClock,
      connect: (host, connectOptions) => providerNamed(spec.provider).connect(host, connectOptions),
      ...options,
      ...context,
      ...rest,
    });
  return {
    up: async (spec, { kubeconfigPath, beforeFirstChange, ...context }) => {
      const steps = bootstrapSteps({ kubeconfigPath });
      const { report } = await run(spec, context, {
        command: 'up',
        steps,
        ...(beforeFirstChange === undefined ? {} : { beforeFirstChange }),
      });
      return { report, kubeconfigPath };
    },
    down: async (spec, { keep, ...context }) =>
      reportOf(run(spec, context, { command: 'down', steps: [...look, ...resetSteps(keep)] })),
    verify: async (spec, context) => reportOf(run(spec, context, { command: 'verify', steps: verifySteps })),
    nodes: async (spec, context) => reportOf(run(spec, context, { command: 'verify', steps: nodesSteps })),
    kubeconfig: async (spec, { kubeconfigPath, ...context }) => {
      await run(spec, context, { command: 'verify', steps: kubeconfigSteps(kubeconfigPath) });
    },
    plan: async (spec, context): Promise<Plan> => {
      const { report, cluster } = await run(spec, context, { command: 'plan', steps: planSteps });
      const graph = buildGraph(bootstrapSteps({ kubeconfigPath: 'the kubeconfig' }), cluster);
      return {
        report,
        steps: graph.map((step) => {
          const { key, title, needs, host } = step.info;
          return { key, title, needs, ...(host === undefined ? {} : { host }), actions: step.describe() };
        }),
      };
    },
  };
}

async function reportOf(run: Promise<{ readonly report: Report }>): Promise<Report> {
  return (await run).report;
}
