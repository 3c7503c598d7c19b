import { run, succeeds } from '../command.ts';
import { label, network } from '../constants.ts';

/**
 * What Docker would drop, let through in the chain that it leaves to its users.
 *
 * Nothing goes from one of its networks to another. Containers of any network (kind makes one of its own) are to reach
 * the services at their usual address; they arrive there in the name of the machine, so nothing has to know a way back.
 *
 * An internal network carries nothing but its own addresses, while pods have theirs where a CNI routes natively.
 */
const chain = 'DOCKER-USER';
const comment = ['-m', 'comment', '--comment', label];
const rules = [
  ['-d', network.services, ...comment, '-j', 'ACCEPT'],
  ['-s', network.services, '-m', 'conntrack', '--ctstate', 'ESTABLISHED', ...comment, '-j', 'ACCEPT'],
  ['-i', network.bridge, '-o', network.bridge, ...comment, '-j', 'ACCEPT'],
];

const iptables = (action: string, rule: readonly string[]): string[] => ['--wait', action, chain, ...rule];

export async function openPassage(): Promise<void> {
  for (const rule of rules) {
    if (!(await succeeds('iptables', iptables('--check', rule)))) {
      await run('iptables', iptables('--insert', rule));
    }
  }
}

export async function closePassage(): Promise<void> {
  for (const rule of rules) {
    if (await succeeds('iptables', iptables('--check', rule))) {
      await run('iptables', iptables('--delete', rule));
    }
  }
}
