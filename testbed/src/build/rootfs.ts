import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../command.ts';
import type { Artefact, Recipe } from '../cache/store.ts';
import { testbedDir } from '../paths.ts';
import { versions } from '../versions.ts';

const script = (name: string): string => join(testbedDir, 'rootfs', `${name}.sh`);
const textOf = (name: string): string => readFileSync(script(name), 'utf8');

export const rootfsNames = ['host', 'services', 'net', 'nginx', 'busybox'] as const;
/** What kind's nodes and Cilium's agents are made from is built only when asked for. */
export type RootfsName = (typeof rootfsNames)[number] | 'kind-node' | 'clang';

const expectedSeconds = {
  host: 60,
  services: 20,
  net: 20,
  nginx: 15,
  busybox: 15,
  'kind-node': 25,
  clang: 30,
} as const;

export function baseRecipe(): Recipe {
  return {
    name: 'rootfs-base',
    title: `debootstrap ${versions.debian}`,
    expectedSeconds: 60,
    pool: 'debian',
    inputs: { script: textOf('base'), suite: versions.debian },
    async build(out, log) {
      await run(script('base'), [versions.debian, out], { log });
    },
  };
}

export function rootfsRecipe(name: RootfsName, base: Artefact): Recipe {
  return {
    name: `rootfs-${name}`,
    title: `Debian root file system: ${name}`,
    expectedSeconds: expectedSeconds[name],
    pool: 'debian',
    inputs: { derive: textOf('derive'), script: textOf(name), base: base.key },
    async build(out, log) {
      await run(script('derive'), [rootfsTar(base), script(name), out], { log });
    },
  };
}

export const rootfsTar = (rootfs: Artefact): string => join(rootfs.dir, 'rootfs.tar');

/** The one fact a script may leave: the upstream version of the package it is about. */
export function factOf(rootfs: Artefact): string {
  return readFileSync(join(rootfs.dir, 'facts'), 'utf8').trim();
}
