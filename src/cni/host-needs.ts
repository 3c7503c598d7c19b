import type { Facts } from '../host/facts.ts';
import type { KernelFeature } from '../host/kernel-features.ts';
import type { Finding } from '../report/model.ts';

/** What goes wrong without them, of which nobody knows that the kernel has them: nothing is said of those. */
export function lackingFeatures(
  facts: Facts,
  features: readonly KernelFeature[],
  { what, ...more }: { readonly what: string } & Partial<Finding>,
): readonly Finding[] {
  const missing = features.filter((name) => facts.features[name] === false);
  if (missing.length === 0) return [];
  const message = `the kernel has no ${missing.join(', ')}: ${what}`;
  const hint = 'use a kernel with these modules (linux-modules-extra on some clouds)';
  return [{ id: 'kernel-features', severity: 'error', message, hint, ...more }];
}

/** Programs that only a later reset uses; a cluster works without. */
export function lackingResetTools(facts: Facts, tools: Readonly<Record<string, string>>): readonly Finding[] {
  const missing = Object.keys(tools).filter((tool) => !facts.tools.includes(tool));
  return missing.map((tool) => ({
    id: 'reset-tools',
    severity: 'info',
    message: `${tool} is not installed, without which a reset leaves ${tools[tool] ?? ''} in the kernel`,
    hint: `install it (e.g. apt-get install ${tool}), or reboot the host after a reset`,
  }));
}
