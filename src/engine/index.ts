import { systemClock } from '../lib/clock.ts';
import type { Report } from '../report/model.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import { providers } from '../providers/index.ts';
import type { Engine, Plan, RunContext } from './api.ts';
import {
  bootstrapSteps,
  kubeconfigSteps,
  nodesSteps,
  planSteps,
  removalSteps,
  revocationSteps,
  verifySteps,
} from './bootstrap.ts';
import { buildGraph } from './graph.ts';
import { execute, type ExecuteOptions } from './execute.ts';

/** The engine on real hosts; tests bring their own way to connect. */
export function createEngine(
  options: Partial<Pick<ExecuteOptions, 'connect' | 'clock' | 'local'>> = {},
): Engine {
  const run = (
    spec: ClusterSpec,
    context: RunContext,
    rest: Pick<ExecuteOptions, 'command' | 'steps'> & Partial<ExecuteOptions>,
  ) =>
    execute(spec, {
      clock: systemClock,
      connect: (host, connectOptions) => providers[spec.provider].connect(host, connectOptions),
      ...options,
      ...context,
      ...rest,
    });
  return {
    up: async (spec, { kubeconfigPath, beforeFirstChange, remoteCache, ...context }) => {
      const steps = bootstrapSteps({ provider: spec.provider, kubeconfigPath });
      const { report } = await run(spec, context, {
        command: 'up',
        steps,
        ...(beforeFirstChange === undefined ? {} : { beforeFirstChange }),
        ...(remoteCache === undefined ? {} : { remoteCache }),
      });
      return { report, kubeconfigPath };
    },
    down: async (spec, { keep, ...context }) =>
      reportOf(run(spec, context, { command: 'down', steps: removalSteps(spec.provider, keep) })),
    revoke: async (spec, context) =>
      reportOf(run(spec, context, { command: 'revoke', steps: revocationSteps(spec.provider) })),
    verify: async (spec, context) =>
      reportOf(run(spec, context, { command: 'verify', steps: verifySteps(spec.provider) })),
    nodes: async (spec, context) =>
      reportOf(run(spec, context, { command: 'verify', steps: nodesSteps(spec.provider) })),
    kubeconfig: async (spec, { kubeconfigPath, ...context }) => {
      await run(spec, context, { command: 'verify', steps: kubeconfigSteps(spec.provider, kubeconfigPath) });
    },
    plan: async (spec, context): Promise<Plan> => {
      const { report, cluster } = await run(spec, context, {
        command: 'plan',
        steps: planSteps(spec.provider),
      });
      const graph = buildGraph(
        bootstrapSteps({ provider: spec.provider, kubeconfigPath: 'the kubeconfig' }),
        cluster,
      );
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
