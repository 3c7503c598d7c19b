/** What became of a workflow: of each job, or cell of a matrix, its steps in the order in which they began. */
export interface WorkflowRun {
  /** Of the runner: 0 when every job succeeded. */
  readonly exitCode: number;
  readonly jobs: readonly JobRun[];
  /** The whole log, in which the runner has masked secrets. */
  readonly log: string;
}

export interface JobRun {
  readonly id: string;
  /** Of this cell; empty without a matrix. */
  readonly matrix: Readonly<Record<string, unknown>>;
  readonly result: 'success' | 'failure' | 'unfinished';
  readonly steps: readonly StepRun[];
}

/** One stage of a step that was run: the post stage of an action is one by itself. A skipped step is none. */
export interface StepRun {
  /** Its `id`, or its place in the job, from 0. */
  readonly id: string;
  readonly stage: 'Pre' | 'Main' | 'Post';
  /** As `steps.<id>.outcome`, that is before `continue-on-error`. */
  readonly outcome: 'success' | 'failure' | 'unfinished';
  readonly conclusion: 'success' | 'failure' | 'unfinished';
  readonly outputs: Readonly<Record<string, string>>;
  readonly annotations: readonly Annotation[];
  /** What it wrote to the job summary. */
  readonly summary: string;
  /** What it printed, commands left out. */
  readonly log: string;
}

export interface Annotation {
  readonly level: 'notice' | 'warning' | 'error';
  readonly message: string;
  /** `title`, `file`, `line` and such. */
  readonly properties: Readonly<Record<string, string>>;
}

/** The one job with this id, or the cell of its matrix with these values. */
export function jobOf(run: WorkflowRun, id: string, matrix: Readonly<Record<string, unknown>> = {}): JobRun {
  const found = run.jobs.filter(
    (job) => job.id === id && Object.entries(matrix).every(([key, value]) => job.matrix[key] === value),
  );
  const [job] = found;
  if (job === undefined || found.length > 1) {
    const wanted = `${id} ${JSON.stringify(matrix)}`;
    throw new Error(`${String(found.length)} jobs are ${wanted}\n${run.log}`);
  }
  return job;
}

/** A step that was run; undefined when it was skipped. */
export function stepOf(job: JobRun, id: string, stage: StepRun['stage'] = 'Main'): StepRun | undefined {
  return job.steps.find((step) => step.id === id && step.stage === stage);
}

/** All that other people may see of a run besides the log: annotations, outputs and summaries, not masked. */
export function published(run: WorkflowRun): string {
  const steps = run.jobs.flatMap((job) => job.steps);
  return JSON.stringify(
    steps.map(({ annotations, outputs, summary }) => ({ annotations, outputs, summary })),
  );
}
