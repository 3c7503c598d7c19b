import type { Cni, CniTraces } from './cni.ts';
import { flannel } from './flannel.ts';
import { manifest } from './manifest.ts';

/** Every CNI there is. A new one is a file beside this one and a line here. */
export const cnis = { flannel, manifest } satisfies Record<string, Cni>;

export type CniName = keyof typeof cnis;

export const cniNames = Object.keys(cnis) as readonly CniName[];

/** @param name one that the spec's validation let pass. */
export function cniNamed(name: string): Cni {
  return cnis[name as CniName];
}

/** The interfaces that a CNI makes, which are no networks of the host's own. */
export function networkTracesOf(name: string): readonly string[] {
  return cniNamed(name).traces.links;
}

/** What any of the CNIs leaves on a host: whoever's manifest it was, and whatever was tried in between. */
export function allTraces(): CniTraces {
  const traces = cniNames.map((name) => cnis[name].traces);
  return {
    links: [...new Set(traces.flatMap(({ links }) => links))],
    chains: [...new Set(traces.flatMap(({ chains }) => chains))],
    nftTables: [...new Set(traces.flatMap(({ nftTables }) => nftTables))],
    paths: [...new Set(traces.flatMap(({ paths }) => paths))],
  };
}
