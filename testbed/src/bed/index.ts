import { build } from '../build/index.ts';
import { takeNamesBack } from '../build/kind/names.ts';
import { killRunning } from '../command.ts';
import { label } from '../constants.ts';
import type { Docker } from '../engine/docker.ts';
import { findEngine } from '../engine/index.ts';
import { privateDocker, privateEnginePid, stopPrivateEngine } from '../engine/private-engine.ts';
import { meetUpNeeds } from '../prerequisites.ts';
import { duration, type Print, printToStderr, Progress } from '../progress.ts';
import { type BedCni, defaultCni, defaultKubernetes } from '../versions.ts';
import { remove } from './containers.ts';
import { haveHosts, makeHosts } from './hosts.ts';
import { closePassage, openPassage } from './passage.ts';
import { ensureNetwork, removeNetworks } from './network.ts';
import { ensureServices } from './services.ts';
import { removeState, type State, state, writeChecksums, writeState } from './state.ts';

export interface UpOptions {
  readonly hosts?: number;
  /** The first one is that of the cluster file. */
  readonly kubernetes?: readonly string[];
  /** What kind needs as well: its program and node images. */
  readonly kind?: boolean;
  /** The first one is that of the cluster file. */
  readonly cnis?: readonly BedCni[];
  readonly print?: Print;
}

export async function up(options: UpOptions = {}): Promise<State> {
  const { hosts = 3, kubernetes = [defaultKubernetes], kind = false, print = printToStderr } = options;
  const { cnis = [defaultCni] } = options;
  const start = Date.now();
  await meetUpNeeds(print);
  const built = await build({ kubernetes, kind, cnis }, print);
  const { docker, hostImage } = built;
  const progress = new Progress(print, 'bed', 4);
  await progress.step('network', 1, () => ensureNetwork(docker));
  await progress.step('passage', 1, openPassage);
  await progress.step('mirror and registry', 2, () => ensureServices(built));
  if (await haveHosts(docker, hostImage, hosts)) progress.skip(`${String(hosts)} hosts`);
  else await progress.step(`${String(hosts)} hosts`, 6, () => makeHosts(docker, hostImage, hosts));
  writeChecksums(built.checksums);
  const images = { all: built.images, nginx: built.nginx, client: built.client };
  const engine = engineState(docker, hostImage);
  const written = writeState({ kubernetes, cnis, images, hosts, engine, kind: built.kind });
  print(`up after ${duration(Date.now() - start)}: ${written.files.cluster}`);
  return written;
}

/** All hosts are removed and bare new ones made, at the same addresses and with the same host keys. */
export async function freshHosts(options: { hosts?: number; print?: Print } = {}): Promise<State> {
  const { print = printToStderr } = options;
  const before = state();
  const docker = await findEngine();
  if (before === undefined || docker === undefined)
    throw new Error('the test bed is not up; run: testbed/testbed up');
  const { kubernetes, cnis, images, engine, kind } = before;
  const hosts = options.hosts ?? before.hosts.length;
  const progress = new Progress(print, 'hosts', 1);
  await progress.step(`${String(hosts)} fresh hosts`, 6, () => makeHosts(docker, engine.hostImage, hosts));
  return writeState({ kubernetes, cnis, images, hosts, engine, kind });
}

export async function down(options: { print?: Print } = {}): Promise<void> {
  const { print = printToStderr } = options;
  const docker = await findEngine();
  const progress = new Progress(print, 'down', 2);
  try {
    if (docker !== undefined)
      await progress.step('hosts, services, network, volumes', 5, () => removeAll(docker));
  } finally {
    // Also one that does not answer any more, or would not let go of something.
    await progress.step('engine of its own, if any', 2, stopPrivateEngine);
    await closePassage();
  }
  removeState();
}

/**
 * Runs something on a bed with fresh hosts and takes it down whatever happens, SIGINT and SIGTERM included. A bed that
 * was up before stays, or with `keep` any.
 */
export async function withBed<T>(
  use: (state: State) => Promise<T>,
  { keep = false, ...options }: { keep?: boolean } & UpOptions = {},
): Promise<T> {
  const wasUp = state() !== undefined;
  const end = async (): Promise<void> => {
    if (!wasUp && !keep) await down();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      killRunning();
      void end().finally(() => process.exit(130));
    });
  }
  try {
    const made = await up(options);
    return await use(wasUp ? await freshHosts() : made);
  } finally {
    await end();
  }
}

async function removeAll(docker: Docker): Promise<void> {
  // In an engine of the bed's own, everything is: clusters that tests have made with kind, for one.
  const filter = docker === privateDocker ? [] : ['--filter', `label=${label}`];
  await remove(docker, await docker.lines(['ps', '--all', '--quiet', ...filter]));
  const volumes = await docker.lines(['volume', 'ls', '--quiet', ...filter]);
  if (volumes.length > 0) await docker.run(['volume', 'rm', ...volumes]);
  await removeNetworks(docker, docker === privateDocker ? ['--filter', 'type=custom'] : filter);
  await takeNamesBack(docker);
}

function engineState(docker: Docker, hostImage: string): State['engine'] {
  const pid = privateEnginePid();
  return {
    hostImage,
    ...(docker.host === undefined ? {} : { host: docker.host }),
    ...(pid === undefined ? {} : { pid }),
  };
}
