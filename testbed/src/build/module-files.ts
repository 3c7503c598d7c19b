import { chmodSync, cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOfTree, filesBelow } from '../cache/digest.ts';
import type { Recipe } from '../cache/store.ts';
import { run } from '../command.ts';
import { testbedDir } from '../paths.ts';

interface ModuleFiles {
  readonly name: string;
  readonly title: string;
  /** Folder below testbed/go, whose go.mod says which version. */
  readonly dir: string;
  readonly module: string;
  /** Where files and folders go → where they are in the module. */
  readonly take: Readonly<Record<string, string>>;
  /** Files and folders among them that stay behind. */
  readonly leave?: readonly string[];
}

/** What a Go module holds beside Go: data, scripts, sources in other languages. */
export function moduleFilesRecipe({ name, title, dir, module, take, leave = [] }: ModuleFiles): Recipe {
  const cwd = join(testbedDir, 'go', dir);
  return {
    name,
    title,
    expectedSeconds: 2,
    pool: 'go',
    inputs: { module: digestOfTree(cwd), take: Object.entries(take).flat(), leave },
    async build(out, log) {
      const answer = await run('go', ['mod', 'download', '-json', module], { cwd, log });
      const root = (JSON.parse(answer) as { Dir: string }).Dir;
      const left = leave.map((path) => join(root, path));
      for (const [to, source] of Object.entries(take)) {
        cpSync(join(root, source), join(out, to), {
          recursive: true,
          filter: (path) => !left.includes(path),
        });
      }
      filesBelow(out).forEach(giveMode);
    },
  };
}

/** Archives of modules keep no run bits, and what Go unpacks is read-only. */
function giveMode(file: string): void {
  const script = readFileSync(file).subarray(0, 2).toString() === '#!';
  chmodSync(file, script ? 0o755 : 0o644);
}
