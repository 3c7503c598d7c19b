import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { KindState } from '../build/kind/index.ts';
import { hostUsers, mirrorUrl, network, registryAddress } from '../constants.ts';
import { stateDir, stateFiles } from '../paths.ts';
import { type BedCni, defaultCni, versions } from '../versions.ts';
import { clusterFile } from './cluster-file.ts';
import { sudoPassword, writeClientFiles } from './secrets.ts';

export interface HostState {
  readonly name: string;
  readonly address: string;
}

/** A running bed, for tests: everything needed to use it and to make its hosts anew. */
export interface State {
  readonly kubernetes: readonly string[];
  /** What is there; the first one is that of the cluster file. */
  readonly cnis: readonly BedCni[];
  readonly versions: Readonly<Record<'containerd' | 'runc' | 'cniPlugins' | BedCni, string>>;
  readonly images: { readonly all: readonly string[]; readonly nginx: string; readonly client: string };
  readonly hosts: readonly HostState[];
  readonly users: readonly string[];
  readonly askpassPassword: string;
  readonly files: typeof stateFiles;
  readonly mirror: string;
  readonly registry: string;
  /** Where the bed was asked for it. */
  readonly kind?: KindState;
  /** Names of the engine's own; of use to the bed only. */
  readonly engine: { readonly host?: string; readonly pid?: number; readonly hostImage: string };
}

export interface StateInput {
  readonly kubernetes: readonly string[];
  readonly cnis: readonly BedCni[];
  readonly images: State['images'];
  readonly hosts: number;
  readonly engine: State['engine'];
  readonly kind?: KindState | undefined;
}

export function state(): State | undefined {
  if (!existsSync(stateFiles.state)) return undefined;
  return JSON.parse(readFileSync(stateFiles.state, 'utf8')) as State;
}

export function writeState({ kubernetes, cnis, images, hosts, engine, kind }: StateInput): State {
  const { containerd, runc, cniPlugins, flannel, cilium } = versions;
  const written: State = {
    kubernetes,
    cnis,
    versions: { containerd, runc, cniPlugins, flannel, cilium },
    images,
    hosts: Array.from({ length: hosts }, (_, i) => ({
      name: `host-${String(i + 1)}`,
      address: network.hostAddress(i + 1),
    })),
    users: hostUsers,
    askpassPassword: sudoPassword(),
    files: stateFiles,
    mirror: mirrorUrl,
    registry: registryAddress,
    ...(kind === undefined ? {} : { kind }),
    engine,
  };
  writeClientFiles(hosts);
  const { nginx, client } = images;
  const [version = ''] = kubernetes;
  const [cni = defaultCni] = cnis;
  replace(stateFiles.cluster, clusterFile({ kubernetes: version, cni, hosts, nginx, client }));
  replace(stateFiles.state, `${JSON.stringify(written, undefined, 2)}\n`);
  return written;
}

export function writeChecksums(checksums: string): void {
  replace(stateFiles.checksums, checksums);
}

export function removeState(): void {
  rmSync(stateDir, { recursive: true, force: true });
}

function replace(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
