import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { holdProcess } from './hold-process.ts';
import type { ProcessHandle, StartProcess } from './process-handle.ts';
import { runProcess } from './run-process.ts';
import type { FileContent, Held, Runner, RunOptions, RunResult, UploadOptions } from './runner.ts';
import { uploadFile } from './upload-file.ts';

const GRACE_MS = 2_000;

/**
 * Runs commands on this machine. On `node:child_process` rather than `@actions/exec`, which can neither abort a
 * command nor bound what it keeps of the output.
 */
export class LocalRunner implements Runner {
  readonly target = 'local';

  run(argv: readonly string[], options?: RunOptions): Promise<RunResult> {
    return runProcess(this.target, startLocal, argv, options);
  }

  upload(content: FileContent, remotePath: string, options?: UploadOptions): Promise<void> {
    return uploadFile(this.target, startLocal, content, remotePath, options);
  }

  hold(argv: readonly string[], options?: Pick<RunOptions, 'sudo' | 'timeoutMs' | 'signal'>): Promise<Held> {
    return holdProcess(this.target, startLocal, argv, options);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Starts a local command in a process group of its own. */
export const startLocal: StartProcess = async (argv, options, signal) => {
  const env = Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`);
  const becomeRoot = options.sudo === true && process.getuid?.() !== 0;
  // sudo drops the environment, so that there it has to be part of the command.
  const line = becomeRoot ? ['sudo', '-n', '--', ...(env.length > 0 ? ['env', ...env] : []), ...argv] : argv;
  const [command = '', ...args] = line;
  const child = spawn(command, args, { detached: true, env: { ...process.env, ...options.env } });
  const exited = awaitExit(child, command);
  await new Promise((resolve) => child.once('spawn', resolve).once('error', resolve));
  const handle: ProcessHandle = {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    exited,
    kill: () => {
      killGroup(child);
    },
  };
  if (signal.aborted) handle.kill();
  return handle;
};

/** A command that does not exist exits with 127, as in a shell. */
function awaitExit(child: ChildProcess, command: string): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      child.stderr?.push(`${command}: ${error.code ?? error.message}\n`);
      resolve(error.code === 'EACCES' ? 126 : 127);
    });
    child.once('close', (code, name) => {
      resolve(code ?? 128 + (name === null ? 0 : constants.signals[name]));
    });
  });
}

function killGroup(child: ChildProcess): void {
  const send = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // The whole group is gone already.
    }
  };
  send('SIGTERM');
  const timer = setTimeout(send, GRACE_MS, 'SIGKILL');
  timer.unref();
  child.once('close', () => {
    clearTimeout(timer);
  });
  for (const stream of child.stdio) stream?.destroy();
}
