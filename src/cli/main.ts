#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { cniCatalog } from '../cni/index.ts';
import { createEngine } from '../engine/index.ts';
import { loadSpec } from '../spec/load.ts';
import { run } from './run.ts';

if (Number(process.versions.node.split('.')[0]) < 24) {
  const found = process.versions.node;
  process.stderr.write(`error E_USAGE: Node.js 24 or newer is needed, this is ${found}\n  fix: install it\n`);
  process.exit(2);
}
// Whoever read the output went away: end as after a signal, with locks and tokens given back.
process.stdout.once('error', () => process.emit('SIGTERM', 'SIGTERM')).on('error', () => undefined);

const status = await run(process.argv.slice(2), {
  engine: createEngine(),
  load: (source) => loadSpec(source, { cnis: cniCatalog }),
  env: process.env,
  signals: process,
  stdout: process.stdout,
  stderr: process.stderr,
  readStdin: () => readFileSync(0, 'utf8'),
});
// Sockets that a cancelled run left open would keep the process alive.
process.exit(status);
