import { ActionProcess, type Ends, type StepResult } from '../../../scripts/action-process.ts';

export interface ActionRun extends StepResult {
  readonly log: string;
  /** The job's end. */
  readonly post: () => Promise<StepResult & { readonly log: string }>;
}

const actions: ActionProcess[] = [];

/**
 * The action's main step on the bundle, as a runner would start it.
 *
 * @param ends how it ends before its time.
 * @param onLine told of each line of the log.
 */
export async function action(
  inputs: Record<string, string>,
  { onLine, ...ends }: Ends & { onLine?: (line: string) => void } = {},
): Promise<ActionRun> {
  const lines: string[] = [];
  const process = new ActionProcess(inputs, (line) => {
    lines.push(line);
    onLine?.(line);
  });
  actions.push(process);
  const main = await process.run('main', {}, ends);
  const log = lines.splice(0).join('\n');
  const post = async () => ({ ...(await process.run('post', main.state)), log: lines.splice(0).join('\n') });
  return { ...main, log, post };
}

/** Removes what the runs of a file left behind, kubeconfigs included. */
export function removeActions(): void {
  for (const process of actions.splice(0)) process.remove();
}
