import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Recipe } from '../../testbed/src/cache/store.ts';
import { run } from '../../testbed/src/command.ts';
import { meet, type Need, tool } from '../../testbed/src/prerequisites.ts';

/** Debian's Python does not bring what makes virtual environments. */
const venv: Need = {
  what: 'Python’s venv',
  debianPackages: ['python3-venv'],
  met: () => spawnSync('python3', ['-c', 'import ensurepip, venv']).status === 0,
};

/** Programs of a requirements file that names every file by its hash; they come to lie in `bin/`. */
export function pythonRecipe(name: string, requirements: string): Recipe {
  return {
    name: `python-${name}`,
    title: `pip install ${name}`,
    expectedSeconds: 8,
    pool: 'debian',
    inputs: { requirements: readFileSync(requirements, 'utf8') },
    meetNeeds: (print) => meet([tool('python3', 'python3'), venv], print),
    async build(out, log) {
      // The environment only lends its pip: it knows its own path, and the artefact is going to be moved.
      const environment = join(out, 'venv');
      await run('python3', ['-m', 'venv', environment], { log });
      const options = ['--require-hashes', '--no-deps', '--only-binary', ':all:', '--no-cache-dir'];
      const pip = ['install', '--quiet', ...options, '--target', out, '--requirement', requirements];
      await run(join(environment, 'bin', 'pip'), pip, { log });
      rmSync(environment, { recursive: true });
    },
  };
}
