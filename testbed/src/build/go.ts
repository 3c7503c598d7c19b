import { existsSync, readFileSync, renameSync } from 'node:fs';
import { totalmem } from 'node:os';
import { basename, join } from 'node:path';
import { run } from '../command.ts';
import { digestOfTree } from '../cache/digest.ts';
import type { Recipe } from '../cache/store.ts';
import { testbedDir } from '../paths.ts';
import type { GoComponent } from './components.ts';

let version: Promise<string> | undefined;
const goVersion = (): Promise<string> => (version ??= run('go', ['version']).then((line) => line.trim()));

/**
 * A third less work for the compiler, on programs that mostly wait: no debug information, which the linker would drop,
 * and nothing inlined but in the standard library, where the loops are.
 */
const compilerFlags = ['-gcflags=all=-l -dwarf=false', '-gcflags=std=-dwarf=false'];

/** Compilers are short-lived: they collect garbage for a seventh of their time unless there is memory to spare. */
const collectLate = { GOGC: 'off', GOMEMLIMIT: `${String(Math.floor(totalmem() / 8 / 2 ** 20))}MiB` };

/** @param modules folder that holds the component's module. */
export async function goRecipe(
  component: GoComponent,
  modules: string = join(testbedDir, 'go'),
): Promise<Recipe> {
  const dir = join(modules, component.dir);
  const packages = packagesOf(dir);
  const cgo = component.cgo === true;
  const ldflags = ['-s -w', ...(component.ldflags ?? [])];
  if (cgo) ldflags.push('-linkmode external -extldflags -static');
  const flags = ['-trimpath', '-buildvcs=false', ...compilerFlags, '-ldflags', ldflags.join(' ')];
  const tags = component.tags === undefined ? [] : ['-tags', component.tags.join(',')];
  flags.push(...tags);
  const env = { CGO_ENABLED: cgo ? '1' : '0', ...collectLate };
  const renames = Object.entries(component.rename ?? {});
  return {
    name: `go-${component.dir}`,
    title: `go build ${component.dir}`,
    expectedSeconds: component.expectedSeconds,
    pool: 'go',
    inputs: {
      go: await goVersion(),
      module: digestOfTree(dir),
      packages,
      flags,
      cgo: String(cgo),
      renames: renames.flat(),
    },
    async download(log) {
      // Loads all packages, and with them the modules that they are in; go.mod names more than that.
      await run('go', ['list', '-deps', '-f={{""}}', ...tags, ...packages], { cwd: dir, env, log });
    },
    async build(out, log) {
      await run('go', ['build', ...flags, '-o', `${out}/`, ...packages], { cwd: dir, env, log });
      for (const [from, to] of renames) {
        if (existsSync(join(out, from))) renameSync(join(out, from), join(out, to));
      }
    },
  };
}

/** A module of ours has its main package at the root; for others, tools.go names what to build. */
function packagesOf(dir: string): string[] {
  const tools = join(dir, 'tools.go');
  if (!existsSync(tools)) return ['.'];
  const packages = [...readFileSync(tools, 'utf8').matchAll(/^\s*_ "(.+)"$/gm)].map(
    (match) => match[1] ?? '',
  );
  if (packages.length === 0) throw new Error(`${basename(dir)}/tools.go names no package`);
  return packages;
}
