import { run, succeeds } from '../command.ts';
import { label, network } from '../constants.ts';

/**
 * What Docker would drop, let through in the chain that it leaves to its users.
 *
 * Nothing goes from one of its networks to another. Containers of any network (kind makes one of its own) are to reach
 * the services at their usual address; they arrive there in the name of the machine, so nothing has to know a way back.
 *
 * An internal network carries nothing but its own addresses, while pods have theirs where a CNI routes natively.
 *
 * An engine that finds networks of an earlier life, such as one that was killed, puts its own chain before that one.
 */
const chain = 'DOCKER-USER';
const comment = ['-m', 'comment', '--comment', label];
const rules = [
  ['-d', network.services, ...comment, '-j', 'ACCEPT'],
  ['-s', network.services, '-m', 'conntrack', '--ctstate', 'ESTABLISHED', ...comment, '-j', 'ACCEPT'],
  ['-i', network.bridge, '-o', network.bridge, ...comment, '-j', 'ACCEPT'],
].map((rule) => [chain, ...rule]);
const jump = ['FORWARD', '--jump', chain];

export async function openPassage(): Promise<void> {
  await putChainFirst();
  for (const rule of rules) if (!(await has(rule))) await iptables('--insert', rule);
}

export async function closePassage(): Promise<void> {
  for (const rule of rules) await removeRule(rule);
}

async function putChainFirst(): Promise<void> {
  if (!(await succeeds('iptables', ['--wait', '--list-rules', chain])))
    await iptables('--new-chain', [chain]);
  const forward = (await iptables('--list-rules', ['FORWARD'])).split('\n');
  if (forward.find((rule) => rule.startsWith('-A ')) === `-A FORWARD -j ${chain}`) return;
  await removeRule(jump);
  await iptables('--insert', jump);
}

/** @param rule its chain first. */
async function removeRule(rule: readonly string[]): Promise<void> {
  if (await has(rule)) await iptables('--delete', rule);
}

function has(rule: readonly string[]): Promise<boolean> {
  return succeeds('iptables', ['--wait', '--check', ...rule]);
}

function iptables(action: string, args: readonly string[]): Promise<string> {
  return run('iptables', ['--wait', action, ...args]);
}
