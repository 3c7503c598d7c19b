import { cniNamed } from '../../cni/index.ts';
import type { Host } from '../../host/host.ts';
import type { Finding } from '../../report/model.ts';
import { canonicalAddress } from '../../spec/address.ts';
import { nothing, type PreflightInput } from './check.ts';
import { clusterChecks, identityChecks } from './identity.ts';
import { kubeletChecks } from './kubelet.ts';
import { machineChecks } from './machine.ts';
import { networkChecks } from './networks.ts';
import { occupancyChecks } from './occupancy.ts';

/** Every finding of every host. */
export function findings(input: PreflightInput): readonly Finding[] {
  const cni = cniNamed(input.spec.cni.name);
  const perHost = [
    ...machineChecks,
    ...occupancyChecks,
    ...identityChecks,
    ...networkChecks,
    ...kubeletChecks,
  ];
  return [
    ...input.hosts.flatMap((host) => perHost.flatMap((check) => check(host, input))),
    ...input.hosts.flatMap((host) =>
      cni
        .preflight({ ...host.facts, nodeLinks: nodeLinksOf(host) }, input.spec)
        .map((finding) => ({ ...finding, host: host.address })),
    ),
    ...(input.hosts.length > 1 ? clusterChecks.flatMap((check) => check(input)) : nothing),
  ];
}

function nodeLinksOf({ facts, internalAddresses }: Host): readonly string[] {
  const links = new Map(facts.addresses.map(({ address, link }) => [canonicalAddress(address), link]));
  return internalAddresses.flatMap((address) => links.get(canonicalAddress(address)) ?? []);
}
