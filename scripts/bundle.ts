import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository, runTool } from './run.ts';

const bundles = [
  { entry: 'action/main.js', name: 'main' },
  { entry: 'action/post.js', name: 'post' },
  { entry: 'action/cache-client.js', name: 'cache' },
  { entry: 'cli/main.js', name: 'cli' },
];

/** Compiles the sources and makes the bundles in `outDir`, which is emptied first. */
export function bundle(outDir: string): void {
  const lib = join(repository, 'lib');
  rmSync(lib, { recursive: true, force: true });
  rmSync(outDir, { recursive: true, force: true });
  runTool('typescript/bin/tsc', ['-p', 'tsconfig.build.json']);
  for (const { entry, name } of bundles) {
    const out = join(outDir, name);
    runTool('@vercel/ncc/dist/ncc/cli.js', [
      ...['build', join(lib, entry), '--out', out, '--license', 'licenses.txt'],
      ...['--no-cache', '--quiet', '--target', 'es2022'],
    ]);
    // ssh2 starts it on Windows alone, to talk to an agent that is not used; no executable belongs into dist.
    rmSync(join(out, 'pagent.exe'), { force: true });
    replaceCommonJsNames(join(out, 'index.js'));
  }
  refuseUnportable(outDir);
}

/** ncc makes a module of it, in which the CommonJS names that ssh2's crypto asks for are not defined. */
function replaceCommonJsNames(file: string): void {
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/\b__dirname\b/g, 'import.meta.dirname'));
}

/** A bundle has to run on any machine: nothing compiled for this one, nothing that was not found while bundling. */
function refuseUnportable(outDir: string): void {
  const files = globSync('**/*', { cwd: outDir });
  const native = files.filter((file) => file.endsWith('.node'));
  if (native.length > 0) throw new Error(`compiled modules in the bundle: ${native.join(', ')}`);
  const broken = files.filter(
    (file) =>
      file.endsWith('.js') && readFileSync(join(outDir, file), 'utf8').includes('webpackMissingModule'),
  );
  if (broken.length > 0) throw new Error(`modules are missing from: ${broken.join(', ')}`);
}
