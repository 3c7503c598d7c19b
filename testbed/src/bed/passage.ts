import { run, succeeds } from '../command.ts';
import { label, network } from '../constants.ts';

/**
 * Docker lets nothing through from one of its networks to another. These rules, in the chain that Docker leaves to its
 * users, let containers of any network (kind makes one of its own) reach the services at their usual address; they
 * arrive there in the name of the machine, so nothing has to know a way back.
 */
const chain = 'DOCKER-USER';
const comment = ['-m', 'comment', '--comment', label];
const rules = [
  ['-d', network.services, ...comment, '-j', 'ACCEPT'],
  ['-s', network.services, '-m', 'conntrack', '--ctstate', 'ESTABLISHED', ...comment, '-j', 'ACCEPT'],
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
