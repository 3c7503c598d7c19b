import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { CommandError, run } from '../../testbed/src/command.ts';
import { freshHosts, type State } from '../../testbed/src/index.ts';
import { cniOptions, versions } from '../../testbed/src/versions.ts';
import { repository } from '../run.ts';
import type { Cell } from './cells.ts';

/** Why a cell did not pass: the code for the table, the whole reason as the message. */
export class CellError extends Error {
  readonly verdict: string;
  constructor(verdict: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.verdict = verdict;
  }
}

/**
 * Brings the cell's cluster up, which verifies it, and takes it down.
 *
 * @throws CellError
 */
export async function runCell(cell: Cell, bed: State): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'k8s-bootstrap-matrix-'));
  const file = join(dir, 'cluster.yaml');
  const env = bed.engine.host === undefined ? {} : { DOCKER_HOST: bed.engine.host };
  const cli = async (...args: string[]): Promise<void> => {
    const command = [join(repository, 'dist/cli/index.js'), ...args, '--file', file, '--quiet'];
    await run(process.execPath, command, { cwd: dir, env }).catch((error: unknown) => {
      throw cellError(error);
    });
  };
  writeFileSync(file, stringify(clusterOf(cell, bed)), { mode: 0o600 });
  try {
    // What a cell before this one left behind may not count for this one.
    if (cell.provider === 'ssh') await freshHosts({ print: () => undefined });
    else await cli('down');
    try {
      await cli('up', '--kubeconfig', join(dir, 'kubeconfig'));
    } catch (error) {
      await cli('down').catch(() => undefined);
      throw error;
    }
    await cli('down');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The bed's cluster file with this cell's choices: three nodes, the first of them a control plane. */
function clusterOf({ variant, kubernetes, provider }: Cell, { files }: State): object {
  const { hosts, ...own } = parse(readFileSync(files.cluster, 'utf8')) as Readonly<Record<string, unknown>>;
  return {
    ...own,
    kubernetes: { version: kubernetes },
    cni: {
      name: variant.cni,
      version: versions[variant.cni],
      options: { ...cniOptions[variant.cni], ...variant.options },
    },
    ...(provider === 'ssh' ? { hosts } : { provider, name: 'matrix' }),
  };
}

/** The command line's own word for it, or what there is instead. */
function cellError(error: unknown): CellError {
  const text = error instanceof Error ? error.message : String(error);
  const code = /^error (E_[A-Z_]+)/m.exec(text)?.[1];
  if (code !== undefined) return new CellError(code, text.slice(text.search(/^error E_/m)), { cause: error });
  const status = error instanceof CommandError ? String(error.exitCode) : 'unknown';
  return new CellError(`exit-status-${status}`, text, { cause: error });
}
