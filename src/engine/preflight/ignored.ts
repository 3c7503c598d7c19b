import type { Finding } from '../../report/model.ts';
import type { ClusterSpec } from '../../spec/cluster-spec.ts';

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
  'pod-cidr-differs',
  'role-changed',
  'settings-differ',
  'state',
  'version-differs',
];

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
