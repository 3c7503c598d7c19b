import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { ensureTools } from '../../../tools/src/index.ts';
import { readLog } from './act-log.ts';
import { ActPlace } from './act-place.ts';
import type { WorkflowRun } from './act-run.ts';

const own = 'k8s-bootstrap';
const defaultTimeoutMs = 10 * 60_000;

export interface WorkflowOptions {
  /** The text of a workflow, or the path of one, ending in `.yml`. */
  readonly workflow: string;
  /** `local`: `uses: ./` behind a checkout; `consumer`: the same text, with the action out of a repository of its own. */
  readonly style?: 'local' | 'consumer';
  /** Default `push`, or `workflow_dispatch` if there are inputs. */
  readonly event?: string;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, string>>;
  /** More files of the repository: path → text. */
  readonly files?: Readonly<Record<string, string>>;
  /** action.yml for other people's actions, by `owner/name`; only `actions/checkout` needs none. */
  readonly standIns?: Readonly<Record<string, string>>;
  /** Whether steps find a cache service (protocol v1). */
  readonly cache?: boolean;
  /** `plain` is what users see; jobs and steps are told only by `json`. */
  readonly format?: 'json' | 'plain';
  /** Cancels the workflow. */
  readonly signal?: AbortSignal;
  /** Called with each line of the log as it comes. */
  readonly onLine?: (line: string) => void;
  readonly timeoutMs?: number;
}

/**
 * Runs a workflow as a self-hosted runner would, on this machine and with this Node.js. Nothing of it is left.
 *
 * @throws Error on a timeout, and when steps left processes behind.
 */
export async function runWorkflow(options: WorkflowOptions): Promise<WorkflowRun> {
  const [act = ''] = await ensureTools(['act'], () => undefined);
  const place = new ActPlace();
  try {
    needNode24(place.env);
    const { exitCode, lines } = await run(act, argumentsOf(options, place), place, options);
    if (options.format === 'plain') return { exitCode, jobs: [], log: lines.join('\n') };
    return readLog(lines, exitCode);
  } finally {
    place.endProcesses();
    place.remove();
  }
}

/** act runs actions with the first `node` that it finds, whatever their action.yml says. */
function needNode24(env: Readonly<Record<string, string>>): void {
  const { stdout } = spawnSync('node', ['--version'], { env, encoding: 'utf8' });
  if (!stdout.startsWith('v24.'))
    throw new Error(`the action would run on Node.js ${stdout.trim()}, not on 24`);
}

function argumentsOf(options: WorkflowOptions, place: ActPlace): string[] {
  const { style = 'local', inputs, event = inputs === undefined ? 'push' : 'workflow_dispatch' } = options;
  const given = options.workflow.endsWith('.yml') ? readFileSync(options.workflow, 'utf8') : options.workflow;
  const workflow = style === 'local' ? given : given.replaceAll(/uses: \.\/$/gm, `uses: acme/${own}@v1`);
  place.commit(workflow, options.files ?? {}, style === 'local');
  return [
    ...[event, '--workflows', '.github/workflows/workflow.yml', '--rm'],
    ...['--platform', 'ubuntu-latest=-self-hosted', '--platform', 'ubuntu-24.04=-self-hosted'],
    ...['--action-cache-path', place.actionCache],
    ...(options.cache === true
      ? ['--cache-server-addr', '127.0.0.1', '--cache-server-path', place.cacheServer]
      : ['--no-cache-server']),
    ...(options.format === 'plain' ? [] : ['--json']),
    // Files with nothing in them too: by default act would look for such in the repository.
    ...['--secret-file', place.secretFile('secrets', options.secrets ?? {})],
    ...['--var-file', place.secretFile('vars', options.vars ?? {})],
    ...['--env-file', place.secretFile('env', options.env ?? {})],
    ...['--input-file', place.secretFile('inputs', inputs ?? {})],
    ...localRepositories(workflow, options, place),
  ];
}

/** Where the actions lie that the workflow uses. */
function localRepositories(workflow: string, { standIns = {} }: WorkflowOptions, place: ActPlace): string[] {
  const uses = new Set(
    [...workflow.matchAll(/uses: ([\w.-]+\/[\w.-]+)@([\w.-]+)/g)].map(
      ([, name = '', ref = '']) => `${name}@${ref}`,
    ),
  );
  return [...uses].flatMap((use) => {
    const name = use.slice(0, use.indexOf('@'));
    const yaml = standIns[name];
    if (yaml !== undefined) return ['--local-repository', `${use}=${place.standIn(name, yaml)}`];
    if (basename(name) === own) return ['--local-repository', `${use}=${place.releasedAction()}`];
    if (name === 'actions/checkout') return [];
    throw new Error(`${use} is not to be had here; give a stand-in`);
  });
}

async function run(
  act: string,
  args: readonly string[],
  place: ActPlace,
  { signal, onLine, timeoutMs = defaultTimeoutMs }: WorkflowOptions,
): Promise<{ exitCode: number; lines: readonly string[] }> {
  const child = spawn(act, args, {
    cwd: place.repository,
    env: place.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      onLine?.(line);
    });
  }
  const closed = once(child, 'close');
  const cancel = (): void => void child.kill('SIGINT');
  signal?.addEventListener('abort', cancel);
  const timer = setTimeout(() => void child.kill('SIGKILL'), timeoutMs);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  signal?.removeEventListener('abort', cancel);
  // What a step has left running may hold the log open.
  const left = place.endProcesses();
  await closed;
  const problem = code === null ? `ended after ${String(timeoutMs)} ms` : 'left processes behind';
  if (code === null || left.length > 0) throw new Error([problem, ...left, '', ...lines].join('\n'));
  return { exitCode: code, lines };
}
