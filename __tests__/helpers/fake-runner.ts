import { CommandError } from '../../src/exec/command-error.ts';
import type {
  FileContent,
  Held,
  Runner,
  RunOptions,
  RunResult,
  UploadOptions,
} from '../../src/exec/runner.ts';

/** What a faked command prints and exits with; a string is stdout of a success. */
export type FakeResult = string | Partial<RunResult>;
export type FakeHandler = (argv: readonly string[], options: RunOptions) => FakeResult | Promise<FakeResult>;
/** A prefix of the argv joined by spaces, a pattern for it, or a predicate. */
export type FakeMatcher = string | RegExp | ((line: string, argv: readonly string[]) => boolean);
export type FakeRule = readonly [matcher: FakeMatcher, result: FakeResult | FakeHandler];

export interface FakeCall {
  readonly argv: readonly string[];
  /** The argv joined by spaces. */
  readonly line: string;
  readonly options: RunOptions;
}

export interface FakeUpload {
  readonly content: FileContent;
  readonly path: string;
  readonly options: UploadOptions;
}

/** A Runner that answers from a table: the first rule that matches wins, and an unknown command is a test failure. */
export class FakeRunner implements Runner {
  readonly target: string;
  readonly calls: FakeCall[] = [];
  readonly uploads: FakeUpload[] = [];
  /** Commands held and not yet closed. */
  readonly held = new Set<string>();
  closed = false;
  readonly #rules: FakeRule[];
  readonly #drops = new Map<string, () => void>();

  constructor(rules: readonly FakeRule[] = [], target = 'fake') {
    this.target = target;
    this.#rules = [...rules];
  }

  /** The lines of all calls so far, in order. */
  get lines(): readonly string[] {
    return this.calls.map((call) => call.line);
  }

  /** Adds a rule that goes before all others. */
  on(matcher: FakeMatcher, result: FakeResult | FakeHandler): this {
    this.#rules.unshift([matcher, result]);
    return this;
  }

  async run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    options.signal?.throwIfAborted();
    const line = argv.join(' ');
    this.calls.push({ argv, line, options });
    const rule = this.#rules.find(([matcher]) => matches(matcher, line, argv));
    if (rule === undefined) throw new Error(`FakeRunner(${this.target}): no rule for: ${line}`);
    const answer = typeof rule[1] === 'function' ? await rule[1](argv, options) : rule[1];
    const result = complete(answer);
    emitLines(result, options);
    const accept = options.accept ?? [0];
    if (accept !== 'any' && !accept.includes(result.exitCode))
      throw new CommandError(this.target, argv, result);
    return result;
  }

  upload(content: FileContent, remotePath: string, options: UploadOptions = {}): Promise<void> {
    this.uploads.push({ content, path: remotePath, options });
    return Promise.resolve();
  }

  /** The data of the last upload to a path, as text. */
  uploaded(path: string): string | undefined {
    const upload = this.uploads.findLast((candidate) => candidate.path === path);
    if (upload === undefined || !('data' in upload.content)) return undefined;
    return Buffer.from(upload.content.data).toString('utf8');
  }

  async hold(argv: readonly string[], options: RunOptions = {}): Promise<Held> {
    const result = await this.run(argv, options);
    const line = argv.join(' ');
    this.held.add(line);
    const lost = new Promise<void>((resolve) => this.#drops.set(line, resolve));
    const close = (): Promise<void> => {
      this.held.delete(line);
      return Promise.resolve();
    };
    return { firstLine: result.stdout.split('\n')[0] ?? '', lost, close };
  }

  /** Makes every held command end, as if the connection had gone. */
  loseHeld(): void {
    for (const resolve of this.#drops.values()) resolve();
    this.held.clear();
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

function matches(matcher: FakeMatcher, line: string, argv: readonly string[]): boolean {
  if (typeof matcher === 'string') return line.startsWith(matcher);
  if (matcher instanceof RegExp) return matcher.test(line);
  return matcher(line, argv);
}

function complete(result: FakeResult): RunResult {
  const given = typeof result === 'string' ? { stdout: result } : result;
  return { exitCode: 0, stdout: '', stderr: '', truncated: false, ...given };
}

function emitLines(result: RunResult, { onLine }: RunOptions): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    for (const line of result[stream].split('\n')) if (line !== '') onLine?.(line, stream);
  }
}
