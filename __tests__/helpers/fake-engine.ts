import type { DownOptions, Engine, RunContext, UpOptions, UpResult } from '../../src/engine/api.ts';
import type { StepInfo } from '../../src/engine/events.ts';
import type { ClusterSpec } from '../../src/spec/cluster-spec.ts';
import { sampleReport } from './sample-report.ts';

/** An engine that does nothing, well; each function can be replaced, each call is kept. */
export class FakeEngine implements Engine {
  readonly calls: {
    readonly name: keyof Engine;
    readonly options: RunContext & { keep?: DownOptions['keep'] };
  }[] = [];

  /** What `up` does. */
  onUp: (options: UpOptions) => Promise<UpResult> = (options) => {
    options.beforeFirstChange?.();
    const report = sampleReport();
    options.events.emit({ type: 'run-end', report });
    return Promise.resolve({ report, kubeconfigPath: options.kubeconfigPath });
  };
  onDown: (options: DownOptions) => Promise<void> = () => Promise.resolve();

  up(_: ClusterSpec, options: UpOptions): Promise<UpResult> {
    this.calls.push({ name: 'up', options });
    return this.onUp(options);
  }
  async down(_: ClusterSpec, options: DownOptions) {
    this.calls.push({ name: 'down', options });
    await this.onDown(options);
    return sampleReport({ command: 'down', nodes: [], pods: [], checks: [] });
  }
  revoke(_: ClusterSpec, options: RunContext) {
    this.calls.push({ name: 'revoke', options });
    return Promise.resolve(sampleReport({ command: 'revoke' }));
  }
  plan(_: ClusterSpec, options: RunContext) {
    this.calls.push({ name: 'plan', options });
    const steps = [
      { key: 'init', title: 'Init', needs: [], actions: ['run kubeadm init'] },
      { key: 'join@h', title: 'Join', needs: ['init'], host: 'h', actions: [] },
    ];
    return Promise.resolve({ report: sampleReport({ command: 'plan' }), steps });
  }
  verify(_: ClusterSpec, options: RunContext) {
    this.calls.push({ name: 'verify', options });
    return Promise.resolve(sampleReport({ command: 'verify' }));
  }
  nodes(_: ClusterSpec, options: RunContext) {
    this.calls.push({ name: 'nodes', options });
    return Promise.resolve(sampleReport({ command: 'verify' }));
  }
  kubeconfig(_: ClusterSpec, options: RunContext) {
    this.calls.push({ name: 'kubeconfig', options });
    return Promise.resolve();
  }
}

/** A step of a run. */
export function step(key: string, title = 'Title', host?: string): StepInfo {
  return { key, id: key.split('@')[0] ?? key, title, needs: [], ...(host === undefined ? {} : { host }) };
}

/** The part of a spec that front ends look at. */
export const fakeSpec = { name: 'demo' } as ClusterSpec;
