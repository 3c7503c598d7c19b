import type { Annotation, JobRun, StepRun, WorkflowRun } from './act-run.ts';

/** A line of act's JSON log. */
interface Entry {
  readonly msg?: string;
  readonly job?: string;
  readonly jobID?: string;
  readonly matrix?: Readonly<Record<string, unknown>>;
  readonly jobResult?: string;
  readonly stage?: StepRun['stage'];
  readonly stepID?: readonly string[];
  readonly stepResult?: 'success' | 'failure';
  readonly raw_output?: boolean;
  readonly command?: string;
  readonly name?: string;
  readonly arg?: string;
  readonly content?: string;
  readonly kvPairs?: Readonly<Record<string, string>>;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type Step = Omit<Writable<StepRun>, 'annotations'> & {
  outputs: Record<string, string>;
  annotations: Annotation[];
};
type Job = Omit<Writable<JobRun>, 'steps'> & { steps: Step[]; ended: boolean; broken: boolean };

const levels = ['notice', 'warning', 'error'] as const;
const begins = '⭐ Run ';
const continued = 'Failed but continue next step';

/** Makes the run of what act printed with `--json`. Lines that are no JSON belong to the log alone. */
export function readLog(lines: readonly string[], exitCode: number): WorkflowRun {
  const jobs = new Map<string, Job>();
  const log: string[] = [];
  for (const line of lines) {
    const entry = parse(line);
    log.push(entry?.msg?.replace(/\n$/, '') ?? line);
    if (entry?.job === undefined || entry.jobID === undefined) continue;
    const job = jobs.get(entry.job) ?? newJob(entry.jobID, entry.matrix ?? {});
    jobs.set(entry.job, job);
    if (entry.jobResult !== undefined) job.ended = true;
    // Its actions could not be had, which is no step of the workflow's.
    if (entry.jobResult === 'failure' && job.steps.length === 0) job.broken = true;
    const step = stepOfEntry(job, entry);
    if (step !== undefined) addTo(step, entry);
  }
  return { exitCode, log: log.join('\n'), jobs: [...jobs.values()].map(finished) };
}

function parse(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
}

function newJob(id: string, matrix: Entry['matrix'] & object): Job {
  return { id, matrix, result: 'unfinished', steps: [], ended: false, broken: false };
}

/** A step begins with its first line; what act tells of it before that is about getting it. */
function stepOfEntry(job: Job, { stepID, stage, msg }: Entry): Step | undefined {
  if (stepID === undefined || stage === undefined) return undefined;
  const id = stepID.join('.');
  const found = job.steps.find((step) => step.id === id && step.stage === stage);
  if (found !== undefined || msg?.startsWith(begins) !== true) return found;
  const open = { outcome: 'unfinished', conclusion: 'unfinished' } as const;
  const step: Step = { id, stage, ...open, outputs: {}, annotations: [], summary: '', log: '' };
  job.steps.push(step);
  return step;
}

function addTo(step: Step, entry: Entry): void {
  if (entry.msg === continued) step.conclusion = 'success';
  if (entry.stepResult !== undefined) {
    step.outcome = entry.stepResult;
    if (step.conclusion === 'unfinished') step.conclusion = entry.stepResult;
  }
  if (entry.raw_output === true) step.log += entry.msg ?? '';
  const { command, name = '', arg = '', content = '', kvPairs: properties = {} } = entry;
  if (command === 'set-output') step.outputs[name] = arg;
  if (command === 'summary') step.summary += content;
  const level = levels.find((known) => known === command);
  if (level !== undefined) step.annotations.push({ level, message: arg, properties });
}

/** act's own result of a cell is that of all cells so far, so that it says nothing of this one. */
function finished({ ended, broken, ...job }: Job): JobRun {
  const failed = broken || job.steps.some(({ conclusion }) => conclusion === 'failure');
  const whole = ended && job.steps.every(({ conclusion }) => conclusion !== 'unfinished');
  return { ...job, result: failed ? 'failure' : whole ? 'success' : 'unfinished' };
}
