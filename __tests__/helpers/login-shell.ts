import { spawn, type ChildProcess } from 'node:child_process';
import type { ServerChannel } from 'ssh2';

export interface LoginShell {
  /** Directories to put before PATH: for fake `sudo`, `sh`. */
  readonly path?: string;
  /** The login shell: the command that runs a command line. Default `sh -c`. */
  readonly shell?: readonly string[];
}

/** Runs a command line as sshd would, with its streams on the channel. */
export function runLoginShell(command: string, channel: ServerChannel, options: LoginShell): ChildProcess {
  const [shell = 'sh', ...args] = options.shell ?? ['sh', '-c'];
  const PATH = [options.path, process.env['PATH']].filter(Boolean).join(':');
  const child = spawn(shell, [...args, command], { env: { ...process.env, PATH }, detached: true });
  child.stdin.on('error', () => undefined);
  channel.on('error', () => undefined);
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  channel.once('close', () => {
    for (const stream of child.stdio) stream?.destroy();
  });
  child.once('close', (code, signal) => {
    if (signal === null) channel.exit(code ?? 0);
    else channel.exit(signal.slice(3) as never, false, 'killed');
    channel.end();
  });
  return child;
}

/** Kills a command with all that it started. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended in the meantime.
  }
}
