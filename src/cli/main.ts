#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { cniNames } from '../cni/index.ts';
import { createEngine } from '../engine/index.ts';
import { loadSpec } from '../spec/load.ts';
import { run } from './run.ts';

const status = await run(process.argv.slice(2), {
  engine: createEngine(),
  load: (source) => loadSpec(source, { cniNames }),
  env: process.env,
  signals: process,
  stdout: process.stdout,
  stderr: process.stderr,
  readStdin: () => readFileSync(0, 'utf8'),
});
// Sockets that a cancelled run left open would keep the process alive.
process.exit(status);
