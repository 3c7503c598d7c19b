import { join } from 'node:path';
import type { GoComponent } from '../../testbed/src/build/components.ts';
import { goRecipe } from '../../testbed/src/build/go.ts';
import { ensure, type Recipe } from '../../testbed/src/cache/store.ts';
import { killRunning } from '../../testbed/src/command.ts';
import { needGo } from '../../testbed/src/prerequisites.ts';
import { type Print, Progress } from '../../testbed/src/progress.ts';
import { pythonRecipe } from './python.ts';

const folder = join(import.meta.dirname, '..');

interface Tool {
  readonly recipe: () => Promise<Recipe> | Recipe;
  /** The program, in the artefact. */
  readonly program: string;
}

/** Programs of others that checks and tests run. Their versions are in go.mod and in requirements.txt. */
const tools = {
  act: goTool({ dir: 'act', expectedSeconds: 60 }),
  actionlint: goTool({ dir: 'actionlint', expectedSeconds: 10 }),
  zizmor: {
    recipe: () => pythonRecipe('zizmor', join(folder, 'python', 'requirements.txt')),
    program: 'bin/zizmor',
  },
} as const satisfies Readonly<Record<string, Tool>>;

export type ToolName = keyof typeof tools;

function goTool(component: GoComponent): Tool {
  return {
    program: component.dir,
    recipe: async () => ({
      ...(await goRecipe(component, join(folder, 'go'))),
      meetNeeds: () => {
        needGo();
        return Promise.resolve();
      },
    }),
  };
}

/**
 * Paths of programs in the test bed's cache, in the order of `names`; what is not there yet is built, which needs
 * neither root nor a container engine.
 */
export async function ensureTools(names: readonly ToolName[], print: Print): Promise<string[]> {
  const progress = new Progress(print, 'tools', names.length);
  for (const signal of signals) process.once(signal, stop);
  try {
    return await Promise.all(
      names.map(async (name) => {
        const { recipe, program } = tools[name];
        const { dir } = await ensure(await recipe(), progress);
        return join(dir, program);
      }),
    );
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}

const signals = ['SIGINT', 'SIGTERM'] as const;

/** What builds is in process groups of its own, which Ctrl-C does not reach. */
function stop(): void {
  killRunning();
  process.exit(130);
}
