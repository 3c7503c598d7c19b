import type { CniCatalog } from '../spec/checks/cni.ts';
import { calico } from './calico.ts';
import { cilium } from './cilium.ts';
import type { Cni, CniTraces } from './cni.ts';
import { flannel } from './flannel.ts';
import { kubeRouter } from './kube-router.ts';
import { manifest } from './manifest.ts';
import { weave } from './weave.ts';

/** Every CNI there is. A new one is a file beside this one, its import and a line here. */
export const cnis = {
  calico,
  cilium,
  flannel,
  'kube-router': kubeRouter,
  weave,
  manifest,
} satisfies Record<string, Cni>;

export type CniName = keyof typeof cnis;

export const cniNames = Object.keys(cnis) as readonly CniName[];

/** @param name one that the spec's validation let pass. */
export function cniNamed(name: string): Cni {
  return cnis[name as CniName];
}

/** For the spec's validation, which knows no CNI by itself. */
export const cniCatalog: CniCatalog = {
  names: cniNames,
  options: (name) => cniNamed(name).options,
  instead: (name) => cniNamed(name).instead ?? {},
  problems: (spec) => cniNamed(spec.cni.name).problems?.(spec) ?? [],
};

/** The interfaces that a CNI makes, which are no networks of the host's own. */
export function networkTracesOf(name: string): readonly string[] {
  return cniNamed(name).traces.links;
}

/** What any of the CNIs leaves on a host: whoever's manifest it was, and whatever was tried in between. */
export function allTraces(): Required<CniTraces> {
  const traces = cniNames.map((name): CniTraces => cnis[name].traces);
  const all = <Key extends keyof CniTraces>(key: Key): Required<CniTraces>[Key] =>
    [...new Set(traces.flatMap((one): readonly string[] => one[key] ?? []))] as Required<CniTraces>[Key];
  return {
    links: all('links'),
    chains: all('chains'),
    nftTables: all('nftTables'),
    paths: all('paths'),
    rules: all('rules'),
    ipsets: all('ipsets'),
    routeTables: all('routeTables'),
    routeProtocols: all('routeProtocols'),
    fouPorts: all('fouPorts'),
    datapaths: all('datapaths'),
    localRules: all('localRules'),
    bpfFilters: all('bpfFilters'),
    mounts: all('mounts'),
    bpfPins: all('bpfPins'),
    sysctls: all('sysctls'),
    apiGroups: all('apiGroups'),
    taints: all('taints'),
  };
}
