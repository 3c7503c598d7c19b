import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';
import { repository } from './run.ts';

const commandFiles = ['OUTPUT', 'ENV', 'STATE', 'STEP_SUMMARY', 'PATH'] as const;

/** What a step left behind. */
export interface StepResult {
  readonly exitCode: number;
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Signals that abort when a step is to end. */
export interface Ends {
  /** The job is cancelled. */
  readonly cancelled?: AbortSignal;
  /** The process is killed without a word, as some runners do. */
  readonly killed?: AbortSignal;
}

/** Runs the bundled action's main and post steps as a runner would: as processes, with inputs in the environment. */
export class ActionProcess {
  readonly #dir: string;
  readonly #inputs: Readonly<Record<string, string>>;
  readonly #print: (line: string) => void;

  constructor(inputs: Readonly<Record<string, string>>, print: (line: string) => void) {
    mkdirSync(join(repository, '.tmp'), { recursive: true });
    this.#dir = mkdtempSync(join(repository, '.tmp', 'action-'));
    this.#inputs = { ...defaults(), ...inputs };
    this.#print = print;
  }

  /**
   * @param state what an earlier step saved.
   * @param ended how it ends before its time: a job that is cancelled, a process that is killed.
   */
  async run(
    step: 'main' | 'post',
    state: Readonly<Record<string, string>> = {},
    ended: Ends = {},
  ): Promise<StepResult> {
    const env: Record<string, string> = {
      RUNNER_TEMP: this.#dir,
      RUNNER_TOOL_CACHE: join(repository, '.tmp', 'tool-cache'),
    };
    for (const name of commandFiles) {
      const path = join(this.#dir, `${step}-${name}`);
      writeFileSync(path, '');
      env[`GITHUB_${name}`] = path;
    }
    for (const [name, value] of Object.entries(this.#inputs)) env[`INPUT_${name.toUpperCase()}`] = value;
    for (const [name, value] of Object.entries(state)) env[`STATE_${name}`] = value;
    const child = spawn(process.execPath, [join(repository, 'dist', step, 'index.js')], {
      cwd: repository,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    ended.cancelled?.addEventListener('abort', () => {
      cancel(child);
    });
    ended.killed?.addEventListener('abort', () => child.kill('SIGKILL'));
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        const shown = readable(line);
        if (shown !== undefined) this.#print(shown);
      });
    }
    const [code] = (await once(child, 'close')) as [number | null];
    const read = (name: string): string => readFileSync(join(this.#dir, `${step}-${name}`), 'utf8');
    return {
      exitCode: code ?? 1,
      outputs: values(read('OUTPUT')),
      state: values(read('STATE')),
      summary: read('STEP_SUMMARY'),
    };
  }

  /** Removes the temporary directory, kubeconfig included. */
  remove(): void {
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

/** As a runner does it: SIGINT, SIGTERM 7.5 s later, SIGKILL 2.5 s after that. */
function cancel(child: ChildProcess): void {
  const timers = [
    setTimeout(() => child.kill('SIGTERM'), 7_500),
    setTimeout(() => child.kill('SIGKILL'), 10_000),
  ];
  child.kill('SIGINT');
  child.once('close', () => {
    for (const timer of timers) clearTimeout(timer);
  });
}

function defaults(): Record<string, string> {
  const { inputs } = parse(readFileSync(join(repository, 'action.yml'), 'utf8')) as {
    inputs: Record<string, { default?: string }>;
  };
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.default ?? '']));
}

/** Workflow commands as people read them; masks not at all. */
function readable(line: string): string | undefined {
  if (line.startsWith('::add-mask::') || line === '::endgroup::') return undefined;
  const match = /^::(\w+)[^:]*(?::[^:]+)*?::(.*)$/.exec(line);
  if (match === null) return line;
  const [, command = '', text = ''] = match;
  const decoded = text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
  return command === 'group' ? decoded : `${command}: ${decoded}`;
}

/** `name<<delimiter`, lines, `delimiter`. */
function values(text: string): Record<string, string> {
  const result: Record<string, string> = {};
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const [name, delimiter] = (lines[at] ?? '').split('<<');
    if (name === undefined || delimiter === undefined) continue;
    const end = lines.indexOf(delimiter, at + 1);
    result[name] = lines.slice(at + 1, end).join('\n');
    at = end;
  }
  return result;
}
