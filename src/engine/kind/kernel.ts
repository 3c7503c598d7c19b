import { readFile } from 'node:fs/promises';
import { release } from 'node:os';
import { featuresOf, featuresScript, filesystemsOf } from '../../host/kernel-features.ts';
import type { Finding } from '../../report/model.ts';
import type { Cluster } from '../cluster.ts';

/** Programs that node images bring; which those of a user's have, nobody knows before there is a node. */
const TOOLS = ['tc', 'ipset', 'ipvsadm'];

/** What the CNI misses in the kernel, which is the machine's own for all nodes. Of another machine's Docker nothing is known. */
export async function kernelFindings(
  { cni, spec, kind, hosts, local }: Cluster,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const kernel = release();
  const runs = kind.found === 'whole' && hosts.every(({ state }) => state?.cni === cni.name);
  if (runs || kind.info.KernelVersion !== kernel) return [];
  const [filesystems, features] = await Promise.all([
    readFile('/proc/filesystems', 'utf8'),
    local.run(['sh', '-c', featuresScript], { accept: 'any', signal }),
  ]);
  const facts = {
    kernel,
    filesystems: filesystemsOf(filesystems.split('\n')),
    features: featuresOf(features.stdout.split('\n')),
    iptables: undefined,
    tools: TOOLS,
    // Whatever a cloud's network drops, nodes have Docker's.
    cloud: undefined,
  };
  return cni.preflight(facts, spec);
}
