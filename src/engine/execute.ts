import type { RemoteCache } from '../artifacts/remote-cache.ts';
import { cniNamed } from '../cni/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Runner } from '../exec/runner.ts';
import { BootstrapError } from '../lib/errors.ts';
import { Redactor } from '../lib/redact.ts';
import { sanitizeLine, sanitizeText } from '../lib/sanitize.ts';
import type { Provider } from '../providers/provider.ts';
import type { Report } from '../report/model.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import { Cluster } from './cluster.ts';
import type { EngineEvent, EventSink } from './events.ts';
import { buildGraph } from './graph.ts';
import { buildReport } from './report.ts';
import { runGraph } from './scheduler.ts';
import type { Step } from './step.ts';

export interface ExecuteOptions {
  readonly command: Report['command'];
  readonly steps: readonly Step[];
  readonly events: EventSink;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly connect: Provider['connect'];
  /** Default: this machine itself. */
  readonly local?: Runner;
  readonly beforeFirstChange?: () => void;
  readonly remoteCache?: RemoteCache;
}

/**
 * Runs steps over the spec's hosts within the spec's deadline, gives back what was taken, and ends with `run-end`.
 * @throws BootstrapError what went wrong, after `run-end`.
 */
export async function execute(
  spec: ClusterSpec,
  options: ExecuteOptions,
): Promise<{ report: Report; cluster: Cluster }> {
  const { clock, command } = options;
  const stop = new AbortController();
  const redactor = new Redactor();
  const events = redacting(options.events, redactor);
  const cluster = new Cluster({
    spec,
    cni: cniNamed(spec.cni.name),
    events,
    clock,
    redactor,
    connect: (host, signal) => {
      const onWarning = (message: string): void => {
        events.emit({ type: 'warning', message: sanitizeLine(message), host: host.address });
      };
      return options.connect(host.spec, { spec, signal, clock, onWarning });
    },
    abort: (error) => {
      stop.abort(error);
    },
    ...(options.local === undefined ? {} : { local: options.local }),
    ...(options.beforeFirstChange === undefined ? {} : { beforeFirstChange: options.beforeFirstChange }),
    ...(options.remoteCache === undefined ? {} : { remoteCache: options.remoteCache }),
  });
  for (const secret of [spec.ssh.key, spec.ssh.passphrase, spec.ssh.sudoPassword]) {
    if (secret !== undefined) cluster.protect(secret);
  }
  const startedAt = clock.now();
  const graph = buildGraph(options.steps, cluster);
  events.emit({
    type: 'run-start',
    command,
    hosts: spec.hosts.map(({ address }) => address),
    steps: graph.map(({ info }) => info),
  });
  const deadline = withDeadline(AbortSignal.any([options.signal, stop.signal]), spec.timeouts.totalSec);
  const result = await runGraph(graph, { events, clock, signal: deadline.signal });
  deadline.clear();
  await release(cluster);
  const report = cleaner(redactor)(buildReport({ cluster, command, startedAt, result })) as Report;
  events.emit({ type: 'run-end', report });
  if (result.error !== undefined) throw redactError(result.error, redactor);
  return { report, cluster };
}

/** In turn, since the last to be taken (locks) go first; what fails here has nobody left to tell. */
async function release(cluster: Cluster): Promise<void> {
  for (const give of cluster.releases) await give().catch(() => undefined);
}

function withDeadline(
  signal: AbortSignal,
  totalSec: number,
): { readonly signal: AbortSignal; clear(): void } {
  const deadline = new AbortController();
  const timer = setTimeout(() => {
    deadline.abort(
      new BootstrapError('E_TIMEOUT', `the run took longer than ${String(totalSec)} s`, {
        where: 'timeouts.totalSec',
        hint: 'see in the timings which step took so long, or allow more',
      }),
    );
  }, totalSec * 1000);
  const clear = (): void => {
    clearTimeout(timer);
  };
  return { signal: AbortSignal.any([signal, deadline.signal]), clear };
}

/** The one door for everything the engine says: no known secret and no control sequence gets past it. */
function redacting(sink: EventSink, redactor: Redactor): EventSink {
  const clean = cleaner(redactor);
  return {
    emit: (event) => {
      sink.emit(event.type === 'secret' ? event : (clean(event) as EngineEvent));
    },
  };
}

function cleaner(redactor: Redactor): (value: unknown) => unknown {
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return sanitizeText(redactor.redact(value));
    if (value instanceof BootstrapError) return redactError(value, redactor);
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clean(inner)]));
  };
  return clean;
}

function redactError(error: BootstrapError, redactor: Redactor): BootstrapError {
  const { host, step, where, hint, errors } = error;
  const clean = (text: string): string => sanitizeText(redactor.redact(text));
  return new BootstrapError(error.code, clean(error.message), {
    host,
    step,
    where,
    hint: hint === undefined ? undefined : clean(hint),
    errors: errors.map((inner) => redactError(inner, redactor)),
  });
}
