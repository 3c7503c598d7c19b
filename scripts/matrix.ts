import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withBed } from '../testbed/src/index.ts';
import { printToStderr, Progress } from '../testbed/src/progress.ts';
import { versions } from '../testbed/src/versions.ts';
import { allCells, cellName, limitedCells } from './matrix/cells.ts';
import { CellError, runCell } from './matrix/run-cell.ts';
import { withResults, type CellResult } from './matrix/table.ts';
import { repository } from './run.ts';

/** Every CNI with every Kubernetes version and provider of the test bed; CELLS limits it, as `limitedCells` says. */
const every = allCells();
const cells = limitedCells(every, process.env['CELLS'] ?? '');
const path = join(repository, 'docs/compatibility.md');
const notes =
  `containerd ${versions.containerd}, runc ${versions.runc}, CNI plugins ${versions.cniPlugins}; ` +
  `kind ${versions.kind} with the test bed’s node images.`;
const results = new Map<string, CellResult>();

await withBed(
  async (bed) => {
    const progress = new Progress(printToStderr, 'matrix', cells.length);
    for (const cell of cells) {
      const name = cellName(cell);
      const verdict = await progress
        .step(name, 90, () => runCell(cell, bed))
        .then(
          () => 'passed',
          (error: unknown) => {
            printToStderr(error instanceof Error ? error.message : String(error));
            return error instanceof CellError ? error.verdict : 'E_INTERNAL';
          },
        );
      results.set(name, { verdict, date: new Date().toISOString().slice(0, 10) });
      // After each one, so that a run that is broken off leaves what it found.
      writeFileSync(path, withResults(readFileSync(path, 'utf8'), every, results, notes));
    }
  },
  {
    kubernetes: [...new Set(cells.map(({ kubernetes }) => kubernetes))],
    cnis: [...new Set(cells.map(({ variant }) => variant.cni))],
    kind: cells.some(({ provider }) => provider === 'kind'),
  },
);

const failed = [...results].filter(([, { verdict }]) => verdict !== 'passed');
for (const [name, { verdict }] of failed) printToStderr(`${name}: ${verdict}`);
printToStderr(`${String(results.size - failed.length)} passed, ${String(failed.length)} failed`);
process.exit(failed.length === 0 ? 0 : 1);
