import type { Host } from '../../host/host.ts';
import type { Finding } from '../../report/model.ts';
import type { ClusterSpec } from '../../spec/cluster-spec.ts';

/** What preflight checks may look at; they change nothing and contact nobody. */
export interface PreflightInput {
  readonly spec: ClusterSpec;
  readonly hosts: readonly Host[];
  /** Without `v`. */
  readonly kubernetesVersion: string;
}

export type HostCheck = (host: Host, input: PreflightInput) => readonly Finding[];
export type ClusterCheck = (input: PreflightInput) => readonly Finding[];

/** A finding of a host's, `error` unless said otherwise. */
export function found(
  host: Host,
  id: string,
  message: string,
  more: Partial<Finding> = {},
): readonly Finding[] {
  return [{ id, severity: 'error', host: host.address, message, ...more }];
}

export const nothing: readonly Finding[] = [];

/** kubeadm was started on the host, by us. */
export function isJoined(host: Host): boolean {
  return host.state?.phase === 'member' || host.state?.phase === 'joining';
}

/** The host already is a node of this cluster, so that its ports and directories are in use rightly. */
export function isMember(host: Host, { spec }: PreflightInput): boolean {
  return isJoined(host) && host.state?.cluster === spec.name;
}
