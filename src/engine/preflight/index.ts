import { cniNamed } from '../../cni/index.ts';
import type { Finding } from '../../report/model.ts';
import type { ClusterSpec } from '../../spec/cluster-spec.ts';
import { nothing, type PreflightInput } from './check.ts';
import { clusterChecks, identityChecks } from './identity.ts';
import { kubeletChecks } from './kubelet.ts';
import { machineChecks } from './machine.ts';
import { networkChecks } from './networks.ts';
import { occupancyChecks } from './occupancy.ts';

/** Ignoring these would ruin a cluster that is there, hand somebody else's files or cluster to a later reset, or ask for what cannot be. */
const lasting: readonly string[] = [
  'foreign-cluster',
  'foreign-runtime',
  'kubelet-version',
  'leftovers',
  'membership',
  'mixed-architectures',
  'node-name',
  'node-stopped',
  'nodes-differ',
  'role-changed',
  'state',
  'version-differs',
];

/** Every finding of every host, errors that the user chose to ignore turned into warnings. */
export function findings(input: PreflightInput): readonly Finding[] {
  const cni = cniNamed(input.spec.cni.name);
  const perHost = [
    ...machineChecks,
    ...occupancyChecks,
    ...identityChecks,
    ...networkChecks,
    ...kubeletChecks,
  ];
  const all = [
    ...input.hosts.flatMap((host) => perHost.flatMap((check) => check(host, input))),
    ...input.hosts.flatMap((host) =>
      cni.preflight(host.facts, input.spec).map((finding) => ({ ...finding, host: host.address })),
    ),
    ...(input.hosts.length > 1 ? clusterChecks.flatMap((check) => check(input)) : nothing),
  ];
  return withIgnored(all, input.spec);
}

/** Errors that the user chose to ignore, turned into warnings. */
export function withIgnored(findings: readonly Finding[], { preflight }: ClusterSpec): readonly Finding[] {
  const ignored = (id: string): boolean =>
    !lasting.includes(id) && preflight.ignore.some((name) => name === id || name === 'all');
  return findings.map((finding) =>
    finding.severity === 'error' && ignored(finding.id)
      ? { ...finding, severity: 'warning' as const }
      : finding,
  );
}
