import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { summary } from '@actions/core';

const files = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'] as const;

/** What the runner gives an action, for real: command files, inputs in the environment, a captured log. */
export class ActionEnvironment {
  readonly dir = mkdtempSync(join(tmpdir(), 'k8s-bootstrap-action-'));
  readonly signals = new EventEmitter();
  readonly #before = { ...process.env };
  readonly #write = process.stdout.write.bind(process.stdout);
  log = '';

  constructor(inputs: Readonly<Record<string, string>> = {}) {
    for (const name of files) {
      writeFileSync(this.path(name), '');
      process.env[name] = this.path(name);
    }
    // The toolkit looks the path up once in a process.
    Reflect.set(summary, '_filePath', undefined);
    process.env['RUNNER_TEMP'] = this.dir;
    for (const [name, value] of Object.entries(inputs)) {
      process.env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] = value;
    }
    process.stdout.write = (chunk: string | Uint8Array): boolean => {
      this.log += String(chunk);
      return true;
    };
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  read(name: (typeof files)[number]): string {
    return readFileSync(this.path(name), 'utf8');
  }

  /** Values of a command file, read as the runner does. */
  values(name: 'GITHUB_OUTPUT' | 'GITHUB_ENV' | 'GITHUB_STATE'): Record<string, string> {
    const values: Record<string, string> = {};
    const lines = this.read(name).split('\n');
    for (let at = 0; at < lines.length; at += 1) {
      const [key, delimiter] = (lines[at] ?? '').split('<<');
      if (key === undefined || delimiter === undefined) continue;
      const end = lines.indexOf(delimiter, at + 1);
      values[key] = lines.slice(at + 1, end).join('\n');
      at = end;
    }
    return values;
  }

  /** Everything that leaves the process, but for the lines that register masks. */
  get everything(): string {
    const log = this.log.split('\n').filter((line) => !line.startsWith('::add-mask::'));
    return [...log, ...files.map((name) => this.read(name))].join('\n');
  }

  get masks(): string[] {
    return [...this.log.matchAll(/^::add-mask::(.*)$/gm)].map(([, mask = '']) => mask);
  }

  restore(): void {
    process.stdout.write = this.#write;
    process.exitCode = 0;
    for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, this.#before);
    rmSync(this.dir, { recursive: true, force: true });
  }
}
