import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { BootstrapError } from '../lib/errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Without these the results could not be handed over. */
const commandFiles = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE'] as const;

/**
 * Makes sure that the runner's command files can be written, before any host is touched.
 *
 * @throws BootstrapError `E_OUTPUT`
 */
export function checkCommandFiles(env: Environment): void {
  for (const name of commandFiles) {
    const path = env[name];
    if (path === undefined || path === '') throw refused(name, 'is not set');
    try {
      accessSync(path, constants.W_OK);
    } catch (error) {
      throw refused(
        name,
        `names a file that cannot be written (${(error as NodeJS.ErrnoException).code ?? ''})`,
        error,
      );
    }
  }
}

/** A path in the job's temporary directory, which the runner empties after the job. */
export function temporaryPath(env: Environment, ...names: readonly string[]): string {
  const root = env['RUNNER_TEMP'];
  if (root === undefined || root === '') throw refused('RUNNER_TEMP', 'is not set');
  return join(root, 'k8s-bootstrap', ...names);
}

function refused(name: string, problem: string, cause?: unknown): BootstrapError {
  return new BootstrapError('E_OUTPUT', `the environment variable ${name} ${problem}`, {
    hint: 'run this as a step of a GitHub Actions job, on a runner that supports node24',
    cause,
  });
}
