import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FakeHandler } from './fake-runner.ts';

/**
 * Runs the scripts that a host would run, for real, with fakes of the programs that look at the machine or change it.
 * Only for scripts whose every other command stays inside of `dir`.
 */
export class SandboxShell implements Disposable {
  readonly dir = mkdtempSync(join(tmpdir(), 'k8s-bootstrap-shell-'));

  constructor() {
    mkdirSync(join(this.dir, 'bin'));
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  /** Puts a program before all others on the PATH. */
  fake(name: string, body: string): this {
    const path = this.path(`bin/${name}`);
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
    return this;
  }

  /** For a rule of a FakeRunner. */
  readonly run: FakeHandler = (argv, { input }) => {
    const [command = '', ...args] = argv;
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: this.dir,
      env: { PATH: `${this.path('bin')}:/usr/bin:/bin`, DIR: this.dir },
      input: input ?? '',
      encoding: 'utf8',
      timeout: 20_000,
    });
    return { exitCode: status ?? 255, stdout, stderr };
  };

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true });
  }
}
