import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { searchPath } from '../command.ts';
import { network } from '../constants.ts';
import { cacheDir, runDir } from '../paths.ts';
import { until } from '../wait.ts';
import { Docker } from './docker.ts';
import { unmountAll, volumesInMemory } from './memory.ts';

const pidFile = join(runDir, 'docker.pid');
const socket = `unix://${join(runDir, 'docker.sock')}`;
const dataRoot = join(cacheDir, 'docker');
const logFile = join(cacheDir, 'logs', 'dockerd.log');

export const privateDocker = new Docker(socket);

/** CAP_SYS_RESOURCE is bit 24 of the bounding set; without it, no privileged container can be made as asked. */
export function lacksSysResource(): boolean {
  const bounding = /^CapBnd:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return ((BigInt(`0x${bounding}`) >> 24n) & 1n) === 0n;
}

/** Starts a dockerd of the bed's own; nothing of the machine's configuration is read or written. */
export async function startPrivateEngine(runcWrapper: string | undefined): Promise<void> {
  mkdirSync(runDir, { recursive: true });
  mkdirSync(join(cacheDir, 'logs'), { recursive: true });
  const config = join(runDir, 'daemon.json');
  const runtime =
    runcWrapper === undefined
      ? {}
      : { 'default-runtime': 'testbed', runtimes: { testbed: { path: runcWrapper } } };
  // Names from elsewhere are to fail at once in containers that others start here as well (kind's nodes).
  const options = { bridge: 'none', 'live-restore': false, dns: [network.services], ...runtime };
  writeFileSync(config, JSON.stringify(options));
  await volumesInMemory(dataRoot);
  const log = openSync(logFile, 'w');
  const args = [
    ['--config-file', config],
    ['--data-root', dataRoot],
    ['--exec-root', join(runDir, 'exec')],
    ['--pidfile', pidFile],
    ['--host', socket],
  ].flat();
  const env = { ...process.env, PATH: searchPath };
  const child = spawn('dockerd', args, { detached: true, env, stdio: ['ignore', log, log] });
  closeSync(log);
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(
        new Error(
          `dockerd ended with exit code ${String(code)}\n${tailOf(logFile)}\n(whole log: ${logFile})`,
        ),
      );
    });
  });
  await Promise.race([
    ended,
    until(`Docker engine (log: ${logFile})`, 60_000, () => privateDocker.answers()),
  ]);
  child.removeAllListeners();
  child.unref();
}

/** Stops the bed's own engine, if there is one. Its process ends only after its containers have. */
export async function stopPrivateEngine(): Promise<boolean> {
  const pid = privateEnginePid();
  if (pid === undefined) {
    // Also of one that did not come up.
    await unmountAll(dataRoot);
    return false;
  }
  process.kill(pid, 'SIGTERM');
  await until('end of the Docker engine', 30_000, () => Promise.resolve(!existsSync(`/proc/${String(pid)}`)));
  // The engine leaves the mount behind that stands for the machine's own network namespace.
  await unmountAll(runDir);
  await unmountAll(dataRoot);
  rmSync(runDir, { recursive: true, force: true });
  return true;
}

export function privateEnginePid(): number | undefined {
  if (!existsSync(pidFile)) return undefined;
  const pid = Number(readFileSync(pidFile, 'utf8'));
  // The number may have passed to someone else since.
  const command = `/proc/${String(pid)}/comm`;
  return existsSync(command) && readFileSync(command, 'utf8').trim() === 'dockerd' ? pid : undefined;
}

const tailOf = (file: string): string => readFileSync(file, 'utf8').split('\n').slice(-15).join('\n');
