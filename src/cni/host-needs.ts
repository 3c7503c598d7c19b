import type { Cloud } from '../host/cloud.ts';
import type { KernelFeature } from '../host/kernel-features.ts';
import type { Finding } from '../report/model.ts';
import type { CniFacts } from './cni.ts';

/** What goes wrong without them, of which nobody knows that the kernel has them: nothing is said of those. */
export function lackingFeatures(
  facts: CniFacts,
  features: readonly KernelFeature[],
  { what, ...more }: { readonly what: string } & Partial<Finding>,
): readonly Finding[] {
  const missing = features.filter((name) => facts.features[name] === false);
  if (missing.length === 0) return [];
  const message = `the kernel has no ${missing.join(', ')}: ${what}`;
  const hint = 'use a kernel with these modules (linux-modules-extra on some clouds)';
  return [{ id: 'kernel-features', severity: 'error', message, hint, ...more }];
}

/** For packets between nodes that are encrypted by WireGuard, or in Geneve. @param who the CNI. */
export function lackingTunnel(
  facts: CniFacts,
  feature: 'wireguard' | 'geneve',
  who: string,
): readonly Finding[] {
  return lackingFeatures(facts, [feature], {
    what: `${who} cannot send packets to other nodes as its options say`,
    hint: 'use a kernel with this module (linux-modules-extra on some clouds), or other options of the CNI',
  });
}

const clouds: Readonly<Record<Cloud, string>> = { azure: 'Azure', aws: 'AWS', gcp: 'Google Cloud' };

/**
 * For packets between nodes that have pods' addresses. The machine may run in a cloud and its nodes yet share a network of
 * their own.
 * @param choice what does without such packets.
 */
export function cloudRoutes({ cloud }: CniFacts, choice: string): readonly Finding[] {
  if (cloud === undefined) return [];
  return [
    {
      id: 'cloud-routes',
      severity: 'warning',
      message: `the network of ${clouds[cloud]} drops packets with pods’ addresses unless it is told otherwise, so that pods may not reach other nodes`,
      hint: `set cni.options ${choice}, or let the machines forward packets there (source/destination check off, routes)`,
    },
  ];
}

/** For IP in IP. @param more severity, and the hint what does without. */
export function cloudIpip({ cloud }: CniFacts, more: Pick<Finding, 'severity' | 'hint'>): readonly Finding[] {
  if (cloud !== 'azure') return [];
  const message = 'the network of Azure drops IP in IP (protocol 4), so that pods cannot reach other nodes';
  return [{ id: 'cloud-ipip', message, ...more }];
}

/** Programs that only a later reset uses; a cluster works without. */
export function lackingResetTools(
  facts: CniFacts,
  tools: Readonly<Record<string, string>>,
): readonly Finding[] {
  const missing = Object.keys(tools).filter((tool) => !facts.tools.includes(tool));
  return missing.map((tool) => ({
    id: 'reset-tools',
    severity: 'info',
    message: `${tool} is not installed, without which a reset leaves ${tools[tool] ?? ''} in the kernel`,
    hint: `install it (e.g. apt-get install ${tool}), or reboot the host after a reset`,
  }));
}
