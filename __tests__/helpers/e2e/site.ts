import { DockerRunner } from '../../../src/exec/docker.ts';
import { LocalRunner } from '../../../src/exec/local.ts';
import type { Runner } from '../../../src/exec/runner.ts';
import { freshHosts } from '../../../testbed/src/index.ts';
import { bed, clusterFile, rootOnAll } from './bed.ts';
import { cli } from './cli.ts';
import { changesSince, snapshots, type Snapshot } from './snapshot.ts';

/** Where a cluster is made: what tests that are the same for every provider have to know of it. */
export interface Site {
  readonly provider: 'ssh' | 'kind';
  /** Of the nodes, the control plane first. */
  readonly names: readonly [string, string, string];
  readonly endpoint: RegExp;
  /** Makes the place as new, and remembers what it looks like. */
  prepare(): Promise<void>;
  /** A cluster file for three nodes, with a merge patch over it. */
  clusterFile(patch?: object): string;
  /** A root shell on every node. */
  nodes(): Promise<readonly Runner[]>;
  /** Where command lines of the nodes can be seen from before they are nodes. */
  watched(): Promise<readonly Runner[]>;
  /** What is other than before. */
  changes(): Promise<readonly string[]>;
}

/** The bed's hosts. */
export function sshSite(): Site {
  let hosts: readonly Runner[] = [];
  let before: readonly Snapshot[] = [];
  return {
    provider: 'ssh',
    names: ['host-1', 'host-2', 'host-3'],
    endpoint: /^https:\/\/10\.89\.37\.11:6443$/,
    prepare: async () => {
      await freshHosts({ print: () => undefined });
      hosts = await rootOnAll();
      before = await snapshots(hosts);
    },
    clusterFile,
    nodes: () => Promise.resolve(hosts),
    watched: () => Promise.resolve(hosts),
    changes: () => changesSince(before, hosts),
  };
}

/** Containers of the bed's engine, which becomes the Docker of this process and of all that it starts. */
export function kindSite(name = 'site'): Site {
  let before: readonly string[] = [];
  const file = (patch: object = {}): string => clusterFile({ provider: 'kind', name, hosts: null, ...patch });
  const names = [`${name}-control-plane`, `${name}-worker`, `${name}-worker2`] as const;
  return {
    provider: 'kind',
    names,
    endpoint: /^https:\/\/127\.0\.0\.1:\d+$/,
    prepare: async () => {
      useBedsDocker();
      // What a run that was broken off left behind would be found, and nothing be made.
      await cli(['down', '-f', file(), '--quiet']);
      before = await inEngine();
    },
    clusterFile: file,
    nodes: () => Promise.resolve(names.map((container) => new DockerRunner(container))),
    // Containers share the machine's process list.
    watched: () => Promise.resolve([new LocalRunner()]),
    changes: async () => {
      const now = await inEngine();
      return [
        ...before.filter((line) => !now.includes(line)).map((line) => `gone: ${line}`),
        ...now.filter((line) => !before.includes(line)).map((line) => `new: ${line}`),
      ];
    },
  };
}

export function useBedsDocker(): void {
  const { host } = bed().engine;
  if (host !== undefined) process.env['DOCKER_HOST'] = host;
}

/** Everything that a cluster could leave in the engine. */
export async function inEngine(): Promise<readonly string[]> {
  const local = new LocalRunner();
  const lists = [
    ['ps', '--all', '--format', 'container {{.Names}}'],
    ['network', 'ls', '--format', 'network {{.Name}}'],
    ['volume', 'ls', '--format', 'volume {{.Name}}'],
  ];
  const answers = await Promise.all(lists.map((list) => local.run(['docker', ...list])));
  return answers.flatMap(({ stdout }) => stdout.split('\n').filter(Boolean)).sort();
}
